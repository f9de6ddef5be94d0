package io.kvbackup.format.tree;

import java.util.Arrays;

/** Bytes that are put together in an array that grows. */
final class BytesOut {
    /** What a varint takes at most: 63 bits, 7 in each byte. */
    static final int MAX_VARINT = 9;

    private byte[] bytes;
    private int size;

    BytesOut(int capacity) {
        bytes = new byte[capacity];
    }

    static int varintBytes(long value) {
        return value == 0 ? 1 : (Long.SIZE + 6 - Long.numberOfLeadingZeros(value)) / 7;
    }

    /** @return where it ends */
    static int putVarint(byte[] to, int at, long value) {
        int position = at;
        long rest = value;
        while (rest > 0x7F) {
            to[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[position] = (byte) rest;
        return position + 1;
    }

    private void require(int more) {
        if (more > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), (int) Math.min(2L * size, 1 << 30)));
        }
    }

    BytesOut varint(long value) {
        require(MAX_VARINT);
        size = putVarint(bytes, size, value);
        return this;
    }

    BytesOut int8(int value) {
        require(1);
        bytes[size++] = (byte) value;
        return this;
    }

    BytesOut int32(int value) {
        return int8(value >> 24).int8(value >> 16).int8(value >> 8).int8(value);
    }

    BytesOut int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    BytesOut raw(byte[] from, int offset, int length) {
        require(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
        return this;
    }

    BytesOut raw(byte[] from) {
        return raw(from, 0, from.length);
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    /** The array itself, which changes when more is put. */
    byte[] array() {
        return bytes;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
