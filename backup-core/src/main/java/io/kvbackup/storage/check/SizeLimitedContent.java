package io.kvbackup.storage.check;

import io.kvbackup.pipeline.UploadOutput;
import io.kvbackup.storage.ContentWriter;
import java.io.IOException;
import java.io.OutputStream;

/** Content that needs a permit to go on beyond a given size. */
final class SizeLimitedContent implements ContentWriter {
    private final ContentWriter content;
    private final String key;
    private final long limit;
    private final Permit permit;

    SizeLimitedContent(ContentWriter content, String key, long limit, Permit permit) {
        this.content = content;
        this.key = key;
        this.limit = limit;
        this.permit = permit;
    }

    /** Returns if the content may be larger. */
    @FunctionalInterface
    interface Permit {
        void obtain() throws IOException;
    }

    @Override
    public boolean isRepeatable() {
        return content.isRepeatable();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        // Content that swallows a refusal must not be published in part.
        UploadOutput checked = new UploadOutput(new Counting(out), key);
        content.writeTo(checked);
        checked.finish();
    }

    private final class Counting extends OutputStream {
        private final OutputStream out;
        private long count;

        Counting(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            boolean outgrows = count <= limit && count + length > limit;
            if (outgrows) {
                permit.obtain();
            }
            count += length;
            out.write(bytes, offset, length);
        }
    }
}
