package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Changes of one commit as bytes: of each its kind, set, key, and the value or the end of its range, with lengths of
 * four bytes before them.
 */
final class RecordedChanges {
    private static final byte PUT = 1;
    private static final byte DELETE = 2;
    private static final byte DELETE_RANGE = 3;
    private static final byte DELETE_REST = 4;
    private static final byte[] NONE = {};

    private static final int MOST = 1 << 30;

    private byte[] bytes = NONE;
    private int size;
    private boolean tooLarge;

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether there were more than 1 GiB; then there are none. */
    boolean isTooLarge() {
        return tooLarge;
    }

    int size() {
        return size;
    }

    void copyTo(ByteBuffer to) {
        to.put(bytes, 0, size);
    }

    void put(String set, byte[] key, byte[] value) {
        add(PUT, set, key, value);
    }

    void delete(String set, byte[] key) {
        add(DELETE, set, key, NONE);
    }

    void deleteRange(String set, KeyRange keys) {
        byte[] to = keys.to();
        add(to == null ? DELETE_REST : DELETE_RANGE, set, keys.from(), to == null ? NONE : to);
    }

    private void add(byte kind, String set, byte[] first, byte[] second) {
        byte[] name = set.getBytes(UTF_8);
        long more = 1L + 3 * Integer.BYTES + name.length + first.length + second.length;
        if (tooLarge || size + more > MOST) {
            tooLarge = true;
            bytes = NONE;
            size = 0;
            return;
        }
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, (int) Math.max(Math.max(Math.min(2L * bytes.length, MOST), 128), size + more));
        }
        ByteBuffer out = ByteBuffer.wrap(bytes, size, (int) more).put(kind);
        out.putInt(name.length).put(name);
        out.putInt(first.length).put(first);
        out.putInt(second.length).put(second);
        size += (int) more;
    }

    /** Pushes the changes that the rest of {@code from} holds; tells how many bytes of keys and values they have. */
    static long push(ByteBuffer from, ChangeVisitor to) throws IOException {
        long pushed = 0;
        while (from.hasRemaining()) {
            byte kind = from.get();
            String set = new String(next(from), UTF_8);
            byte[] first = next(from);
            byte[] second = next(from);
            pushed += first.length + second.length;
            switch (kind) {
                case PUT -> to.put(set, first, second);
                case DELETE -> to.delete(set, first);
                case DELETE_RANGE -> to.deleteRange(set, new KeyRange(first, second));
                case DELETE_REST -> to.deleteRange(set, KeyRange.startingFrom(first));
                default -> throw new IOException("recorded changes are damaged: no kind " + kind);
            }
        }
        return pushed;
    }

    private static byte[] next(ByteBuffer from) {
        byte[] bytes = new byte[from.getInt()];
        from.get(bytes);
        return bytes;
    }
}
