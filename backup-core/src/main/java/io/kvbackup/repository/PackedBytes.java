package io.kvbackup.repository;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Small values, one after the other, that are written once and read again at known places. Used by one thread while it
 * grows.
 */
public final class PackedBytes {
    private static final int CHUNK = 1 << 16;

    /** Chunks; a place is the number of one times {@link #CHUNK}, and the position in it. */
    private byte[][] chunks = new byte[8][];

    private int count;
    private int used = CHUNK;
    private byte[] entry = new byte[64];
    private int length;

    /** Keeps what was put since the last time. Returns the place, from which it is to be read. */
    public int keep() {
        if (used + length > CHUNK) {
            if (count == chunks.length) {
                chunks = Arrays.copyOf(chunks, 2 * count);
            }
            chunks[count++] = new byte[count == 1 ? Math.max(1 << 10, length) : Math.max(CHUNK, length)];
            used = 0;
        }
        byte[] chunk = chunks[count - 1];
        if (used + length > chunk.length) {
            chunk = Arrays.copyOf(chunk, CHUNK);
            chunks[count - 1] = chunk;
        }
        System.arraycopy(entry, 0, chunk, used, length);
        int place = (count - 1) * CHUNK + used;
        used += length;
        length = 0;
        return place;
    }

    public void put(int value) {
        if (length == entry.length) {
            entry = Arrays.copyOf(entry, 2 * length);
        }
        entry[length++] = (byte) value;
    }

    /** Not negative. */
    public void putNumber(long value) {
        long rest = value;
        while (rest >= 0x80) {
            put((int) rest | 0x80);
            rest >>>= 7;
        }
        put((int) rest);
    }

    /** To the millisecond, from the year 0 to 9999. */
    public void putInstant(Instant instant) {
        long millis = instant.toEpochMilli();
        for (int shift = 48; shift >= 0; shift -= 8) {
            put((int) (millis >> shift));
        }
    }

    public void putText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putNumber(bytes.length);
        for (byte each : bytes) {
            put(each);
        }
    }

    public Reader at(int place) {
        return new Reader(chunks[place / CHUNK], place % CHUNK);
    }

    /** Reads values in the order in which they were put. */
    public static final class Reader {
        private final byte[] from;
        private int at;

        private Reader(byte[] from, int at) {
            this.from = from;
            this.at = at;
        }

        public int next() {
            return from[at++] & 0xFF;
        }

        public long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                int next = next();
                value |= (long) (next & 0x7F) << shift;
                if (next < 0x80) {
                    return value;
                }
            }
        }

        public long millis() {
            long millis = from[at++];
            for (int i = 0; i < 6; i++) {
                millis = millis << 8 | next();
            }
            return millis;
        }

        public String text() {
            int length = (int) number();
            at += length;
            return new String(from, at - length, length, StandardCharsets.UTF_8);
        }
    }
}
