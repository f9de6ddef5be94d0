package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** The decoded form of a stream. Whatever the decoders throw is damage, unless the stream itself has failed. */
final class DecodedInputStream extends InputStream {
    private final DamageBoundary boundary = new DamageBoundary();
    private final InputStream source;
    private InputStream decoder;
    private String place = "decoding";

    private DecodedInputStream(InputStream source) {
        this.source = source;
        this.decoder = boundary.watch(source);
    }

    static DecodedInputStream open(List<NamedTransform> innermostFirst, InputStream source, TransformContext context)
            throws IOException {
        DecodedInputStream decoded = new DecodedInputStream(source);
        try {
            for (int i = innermostFirst.size() - 1; i >= 0; i--) {
                decoded.add(innermostFirst.get(i), context);
            }
            return decoded;
        } catch (IOException | RuntimeException | Error e) {
            try {
                decoded.close();
            } catch (IOException | RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private void add(NamedTransform transform, TransformContext context) throws IOException {
        place = place + " ." + transform.name();
        try {
            decoder = transform.decoder(decoder, context);
        } catch (NamedTransform.MissingLibraryException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw boundary.translate(place, e);
        }
    }

    @Override
    public int read() throws IOException {
        try {
            return decoder.read();
        } catch (IOException | RuntimeException e) {
            throw boundary.translate(place, e);
        }
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        try {
            return decoder.read(to, offset, length);
        } catch (IOException | RuntimeException e) {
            throw boundary.translate(place, e);
        }
    }

    // Some decoders let go of their source at its end and do not close it.
    @Override
    public void close() throws IOException {
        try (source) {
            decoder.close();
        }
    }
}
