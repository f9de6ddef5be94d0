package io.kvbackup.storage.throttle;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** The content of an upload that goes no faster than its share of a limit. */
final class ThrottledOutput extends FilterOutputStream {
    private final RateShare share;

    ThrottledOutput(OutputStream out, RateShare share) {
        super(out);
        this.share = share;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        for (int done = 0; done < length; ) {
            int allowed = share.take(length - done);
            out.write(bytes, offset + done, allowed);
            done += allowed;
        }
    }
}
