package io.kvbackup.format.tree;

import io.kvbackup.pipeline.Ahead;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * The frames of a pack: one is being filled while others before it are compressed, on other threads if these have time.
 * They are written in order, the same whoever compresses. Not thread-safe.
 */
final class FrameQueue implements Closeable {
    static final int FRAME_BYTES = 128 * 1024;
    /** One that is filled, and two that are compressed. */
    private static final int FRAMES = 3;

    private final FrameWriter out;
    private final PackContents contents;
    private final Executor executor;
    private final Deque<Frame> free =
            new ArrayDeque<>(Stream.generate(Frame::new).limit(FRAMES).toList());
    /** Those that are compressed, in order. */
    private final Deque<Frame> ended = new ArrayDeque<>();

    private Frame open = free.remove();

    private static final class Frame implements Closeable {
        private final FrameCompression compression = new FrameCompression();
        /** Whose places it will settle. */
        private final List<Place> places = new ArrayList<>();

        private byte[] bytes = new byte[FRAME_BYTES];
        private int filled;
        private FrameKind kind = FrameKind.CHUNKS_ZSTD;
        private Ahead<Integer> compressed = Ahead.idle(() -> 0);

        int add(int length, Place place) {
            if (length > bytes.length - filled) {
                bytes = Arrays.copyOf(bytes, filled + length);
            }
            place.put(filled, length);
            places.add(place);
            int at = filled;
            filled += length;
            return at;
        }

        void compress(FrameKind as, Executor executor) {
            kind = as;
            compressed = Ahead.idle(() -> compression.compress(bytes, filled)).start(executor);
        }

        void write(FrameWriter out, PackContents contents) throws IOException {
            long offset = out.offset();
            int length = compressed.get();
            FrameHead head = out.write(kind, bytes, filled, compression.compressed(), length);
            contents.frame(head, offset);
            places.forEach(place -> place.settle(offset, head.frameLength()));
            places.clear();
            filled = 0;
        }

        @Override
        public void close() {
            compressed.abandon();
            compressed.awaitEnd();
            compression.close();
        }
    }

    /** @param contents is told of all frames */
    FrameQueue(FrameWriter out, PackContents contents, Executor executor) {
        this.out = out;
        this.contents = contents;
        this.executor = executor;
    }

    /** How much fits into the open frame. More fits if it is empty. */
    int room() {
        return open.filled == 0 ? Integer.MAX_VALUE : FRAME_BYTES - open.filled;
    }

    /** Puts a chunk into the open frame. Its place is settled when that frame is written. */
    void add(Chunk chunk, Place place) {
        int at = open.add(chunk.length(), place);
        chunk.copyTo(open.bytes, at);
    }

    /** Puts an encoded node into the open frame. */
    void add(byte[] node, Place place) {
        int at = open.add(node.length, place);
        System.arraycopy(node, 0, open.bytes, at, node.length);
    }

    /** Ends the open frame, if there is anything in it. It is written later. */
    void end(FrameKind kind) throws IOException {
        if (open.filled == 0) {
            return;
        }
        open.compress(kind, executor);
        ended.add(open);
        if (free.isEmpty()) {
            writeFirst();
        }
        open = free.remove();
    }

    private void writeFirst() throws IOException {
        ended.element().write(out, contents);
        free.add(ended.remove());
    }

    /** Writes all frames that have ended. */
    void writeAll() throws IOException {
        while (!ended.isEmpty()) {
            writeFirst();
        }
    }

    /** What is not written yet, about. */
    long bytes() {
        return open.filled + ended.stream().mapToLong(frame -> frame.filled).sum();
    }

    /** Frees memory and writes nothing. */
    @Override
    public void close() {
        open.close();
        ended.forEach(Frame::close);
        free.forEach(Frame::close);
    }
}
