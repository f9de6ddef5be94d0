package io.kvbackup.storage;

/**
 * A range of bytes of an object.
 *
 * @param offset of the first byte
 * @param length in bytes; {@link Long#MAX_VALUE} for all that follow
 */
public record ByteRange(long offset, long length) {
    private static final ByteRange ALL = new ByteRange(0, Long.MAX_VALUE);

    public ByteRange {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("negative range: offset " + offset + ", length " + length);
        }
    }

    /** The whole object. */
    public static ByteRange all() {
        return ALL;
    }

    /** Everything from {@code offset} on. */
    public static ByteRange from(long offset) {
        return new ByteRange(offset, Long.MAX_VALUE);
    }

    /** {@code length} bytes from {@code offset} on, or fewer if the object ends before. */
    public static ByteRange of(long offset, long length) {
        return new ByteRange(offset, length);
    }

    /** Whether the range goes on to the end of the object. */
    public boolean isOpen() {
        return length == Long.MAX_VALUE;
    }

    /** How many bytes of an object of {@code size} bytes lie in the range. */
    public long lengthWithin(long size) {
        return Math.min(length, Math.max(0, size - offset));
    }
}
