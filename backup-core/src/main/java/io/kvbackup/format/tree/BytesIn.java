package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes apart bytes that may be damaged or forged: takes one spelling only, and never more than there are. */
public final class BytesIn {
    private final byte[] bytes;
    private final int start;
    private final int end;
    private final Object source;
    private int position;

    /** @param source what to call the bytes in messages; only then made to a text */
    public BytesIn(byte[] bytes, int from, int length, Object source) {
        this.bytes = bytes;
        this.start = from;
        this.position = from;
        this.end = from + length;
        this.source = source;
    }

    public CorruptBackupException damaged(String complaint) {
        return new CorruptBackupException(source + ": damaged at byte " + (position - start) + ": " + complaint);
    }

    public boolean isAtEnd() {
        return position == end;
    }

    public void requireEnd() throws CorruptBackupException {
        if (position != end) {
            throw damaged((end - position) + " bytes too many");
        }
    }

    int position() {
        return position;
    }

    /** Passes over bytes, and tells where they begin. */
    public int skip(long length, String what) throws CorruptBackupException {
        if (length > end - position) {
            throw damaged(what + " should have " + length + " bytes, and " + (end - position) + " are left");
        }
        int from = position;
        position += (int) length;
        return from;
    }

    /** A number of 63 bits in its shortest form. */
    public long varint(String what) throws CorruptBackupException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE - 1; shift += 7) {
            int next = int8(what);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw damaged(what + " is not in its shortest form");
                }
                return value;
            }
        }
        throw damaged(what + " is greater than 2^63 - 1");
    }

    /** A varint that must not exceed a limit. */
    public int count(String what, int atLeast, long atMost) throws CorruptBackupException {
        long value = varint(what);
        if (value < atLeast || value > Math.min(atMost, Integer.MAX_VALUE)) {
            throw damaged(what + " is " + value + ", not " + atLeast + " to " + atMost);
        }
        return (int) value;
    }

    public int int8(String what) throws CorruptBackupException {
        return bytes[skip(1, what)] & 0xFF;
    }

    int int32(String what) throws CorruptBackupException {
        return ByteBuffer.wrap(bytes, skip(Integer.BYTES, what), Integer.BYTES).getInt();
    }

    public long int64(String what) throws CorruptBackupException {
        return ByteBuffer.wrap(bytes, skip(Long.BYTES, what), Long.BYTES).getLong();
    }

    public byte[] take(long length, String what) throws CorruptBackupException {
        int from = skip(length, what);
        return Arrays.copyOfRange(bytes, from, position);
    }

    /** A text in UTF-8 with its length before it. */
    public String text(String what) throws CorruptBackupException {
        byte[] text = take(count("length of a " + what, 0, left()), what);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw damaged("a " + what + " is no UTF-8");
        }
    }

    /** How many bytes are left, which no count of things that take at least one byte can exceed. */
    public int left() {
        return end - position;
    }

    byte[] array() {
        return bytes;
    }
}
