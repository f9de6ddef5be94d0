package io.kvbackup.storage.file;

import io.kvbackup.storage.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** Reads a range of a file; one that is shorter than it was is an error, not an end. */
final class FileDownload extends InputStream {
    /** Larger reads would make the JDK keep direct buffers of their size for each thread. */
    private static final int MAX_READ = 256 * 1024;

    private final FileChannel channel;
    private final String what;
    private final long end;
    private long position;

    FileDownload(FileChannel channel, ByteRange range, String what) throws IOException {
        this.channel = channel;
        this.what = what;
        this.position = range.offset();
        this.end = range.offset() + range.lengthWithin(channel.size());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (position >= end) {
            return -1;
        }
        int wanted = (int) Math.min(Math.min(length, MAX_READ), end - position);
        int read;
        try {
            read = channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
        } catch (IOException e) {
            throw FileFailures.translate("read", what, e);
        }
        if (read < 0) {
            throw new EOFException(what + " ends at " + position + " instead of " + end
                    + "; something other than this library has cut it");
        }
        position += read;
        return read;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.max(0, Math.min(count, end - position));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, end - position));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
