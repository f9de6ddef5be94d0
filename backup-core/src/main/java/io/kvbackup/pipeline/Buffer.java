package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A reusable array with a read and a write position; takes its memory only when it is first used. */
final class Buffer {
    private static final byte[] NONE = {};

    private final int capacity;
    private byte[] bytes = NONE;
    private int from;
    private int to;

    Buffer(int capacity) {
        this.capacity = capacity;
    }

    void clear() {
        from = 0;
        to = 0;
    }

    /** Takes as much as has room and says how much that was. */
    int put(byte[] source, int offset, int length) {
        int count = Math.min(length, room().length - to);
        System.arraycopy(source, offset, bytes, to, count);
        to += count;
        return count;
    }

    /** Gives as much as is there and says how much that was. */
    int take(byte[] target, int offset, int length) {
        int count = Math.min(length, to - from);
        System.arraycopy(bytes, from, target, offset, count);
        from += count;
        return count;
    }

    /** Fills up from a stream; false if that ended first. */
    boolean fillFrom(InputStream source) throws IOException {
        to = source.readNBytes(room(), 0, capacity);
        return to == capacity;
    }

    void writeTo(OutputStream target) throws IOException {
        target.write(bytes, from, to - from);
    }

    private byte[] room() {
        if (bytes.length == 0) {
            bytes = new byte[capacity];
        }
        return bytes;
    }

    boolean isFull() {
        return to == capacity;
    }

    boolean isEmpty() {
        return from == to;
    }
}
