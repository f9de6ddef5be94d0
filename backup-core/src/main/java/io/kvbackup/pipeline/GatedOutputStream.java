package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Stands below an encoder that completes its form on closing: once shut, it swallows what the encoder still has to say.
 */
final class GatedOutputStream extends OutputStream {
    private final OutputStream target;
    private boolean shut;

    GatedOutputStream(OutputStream target) {
        this.target = target;
    }

    void shut() {
        shut = true;
    }

    @Override
    public void write(int b) throws IOException {
        if (!shut) {
            target.write(b);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!shut) {
            target.write(bytes, offset, length);
        }
    }

    // Neither flushed nor closed: the next stage has its own time for that.
    @Override
    public void flush() {}

    @Override
    public void close() {}
}
