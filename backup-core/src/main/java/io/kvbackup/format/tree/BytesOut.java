package io.kvbackup.format.tree;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are put together in an array that grows. */
public final class BytesOut {
    /** What a varint takes at most: 63 bits, 7 in each byte. */
    public static final int MAX_VARINT = 9;

    private byte[] bytes;
    private int size;

    public BytesOut(int capacity) {
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

    public BytesOut varint(long value) {
        require(MAX_VARINT);
        size = putVarint(bytes, size, value);
        return this;
    }

    public BytesOut int8(int value) {
        require(1);
        bytes[size++] = (byte) value;
        return this;
    }

    BytesOut int32(int value) {
        return int8(value >> 24).int8(value >> 16).int8(value >> 8).int8(value);
    }

    public BytesOut int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    public BytesOut raw(byte[] from, int offset, int length) {
        require(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
        return this;
    }

    public BytesOut raw(byte[] from) {
        return raw(from, 0, from.length);
    }

    /** A text in UTF-8 with its length before it. */
    public BytesOut text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return varint(utf8.length).raw(utf8);
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
    }

    /** The array itself, which changes when more is put. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }
}
