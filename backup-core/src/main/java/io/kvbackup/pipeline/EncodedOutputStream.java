package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What is written here reaches the target encoded. {@link #finish()} completes the encoded form; {@link #close()} alone
 * frees resources and lets nothing more through, so a source that failed never looks like one that ended.
 *
 * <p>The target is never closed from here. Not thread-safe.
 */
public final class EncodedOutputStream extends OutputStream {
    private record Stage(OutputStream encoder, GatedOutputStream gate) {}

    private final Deque<Stage> stages = new ArrayDeque<>();
    private final OutputStream target;
    private OutputStream entrance;
    private boolean finished;
    private boolean closed;

    private EncodedOutputStream(OutputStream target) {
        this.target = target;
        this.entrance = target;
    }

    static EncodedOutputStream open(List<NamedTransform> innermostFirst, OutputStream target, TransformContext context)
            throws IOException {
        EncodedOutputStream encoded = new EncodedOutputStream(target);
        try {
            for (int i = innermostFirst.size() - 1; i >= 0; i--) {
                encoded.add(innermostFirst.get(i), context);
            }
            return encoded;
        } catch (IOException | RuntimeException | Error e) {
            encoded.close();
            throw e;
        }
    }

    private void add(NamedTransform transform, TransformContext context) throws IOException {
        GatedOutputStream gate = new GatedOutputStream(entrance);
        entrance = transform.encoder(gate, context);
        stages.addFirst(new Stage(entrance, gate));
    }

    @Override
    public void write(int b) throws IOException {
        requireOpen();
        entrance.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        requireOpen();
        entrance.write(bytes, offset, length);
    }

    private void requireOpen() throws IOException {
        if (finished || closed) {
            throw new IOException("nothing can be written after finish() or close()");
        }
    }

    /** Does nothing: cutting a block short costs compression, and only {@link #finish()} makes anything whole. */
    @Override
    public void flush() {}

    /** Completes the encoded form and flushes the target. */
    public void finish() throws IOException {
        requireOpen();
        for (Stage stage : stages) {
            stage.encoder.close();
        }
        target.flush();
        finished = true;
    }

    /** Frees resources. Without {@link #finish()} before it, the target gets nothing any more. Never throws. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stages.forEach(stage -> stage.gate.shut());
        stages.forEach(stage -> closeQuietly(stage.encoder));
    }

    private static void closeQuietly(OutputStream encoder) {
        try {
            encoder.close();
        } catch (IOException | RuntimeException e) {
            // An encoder that has failed before complains again; that failure has been thrown already.
        }
    }
}
