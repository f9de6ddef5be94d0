package io.kvbackup.database.directory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Key of a block: path, a zero byte, which no path has, and the number of the block. So blocks come in the order of
 * their paths, and those of one file together.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BlockKey(byte[] path, long number) {
    static final int BLOCK = 1 << 20;

    static long blocks(long size) {
        return size / BLOCK + (size % BLOCK == 0 ? 0 : 1);
    }

    long offset() {
        return number * BLOCK;
    }

    byte[] encode() {
        return ByteBuffer.allocate(path.length + 1 + Long.BYTES)
                .put(path)
                .put((byte) 0)
                .putLong(number)
                .array();
    }

    static BlockKey decode(byte[] key) throws IOException {
        int end = key.length - Long.BYTES - 1;
        if (end <= 0 || key[end] != 0) {
            throw new IOException(
                    "set blocks: \"" + PathKey.show(key) + "\" is not a path, a zero byte and a block number");
        }
        long number = ByteBuffer.wrap(key, end + 1, Long.BYTES).getLong();
        if (number < 0 || number > Long.MAX_VALUE / BLOCK - 1) {
            throw new IOException("set blocks: \"" + PathKey.show(key) + "\" has an impossible block number");
        }
        return new BlockKey(Arrays.copyOf(key, end), number);
    }
}
