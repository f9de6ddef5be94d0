package io.kvbackup.storage.fake;

import io.kvbackup.storage.ContentWriter;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Content of which a store takes so many bytes, and then fails: at the end at the latest, before it commits. */
record CutContent(ContentWriter content, long bytes) implements ContentWriter {
    @Override
    public void writeTo(OutputStream out) throws IOException {
        content.writeTo(new Cut(out));
        throw failure(); // even if the content took no notice
    }

    @Override
    public boolean isRepeatable() {
        return content.isRepeatable();
    }

    private IOException failure() {
        return new IOException("the store fails on purpose after " + bytes + " bytes of the content, or at its end");
    }

    private final class Cut extends FilterOutputStream {
        private long left = bytes;

        Cut(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            int taken = (int) Math.min(left, length);
            out.write(from, offset, taken);
            left -= taken;
            if (taken < length) {
                throw failure();
            }
        }
    }
}
