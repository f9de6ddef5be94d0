package io.kvbackup.database;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A run of keys in unsigned lexicographic order.
 *
 * @param from first key, inclusive; empty for no bound
 * @param to end, exclusive; {@code null} for no bound
 */
@SuppressWarnings("ArrayRecordComponent") // keys are bytes; equality is defined below
public record KeyRange(byte[] from, byte @Nullable [] to) {
    private static final KeyRange ALL = new KeyRange(new byte[0], null);

    public KeyRange {
        if (to != null && Arrays.compareUnsigned(from, to) > 0) {
            throw new IllegalArgumentException("a key range ends before it starts; swap its two keys");
        }
    }

    /** Every key. */
    public static KeyRange all() {
        return ALL;
    }

    /** A key and every one after it. */
    public static KeyRange startingFrom(byte[] key) {
        return new KeyRange(key.clone(), null);
    }

    /** One key and no other. A restore of it fails if the backup does not hold it. */
    public static KeyRange only(byte[] key) {
        return new KeyRange(key.clone(), Arrays.copyOf(key, key.length + 1));
    }

    /** Whether no more than one key can be in it, so that it names that key. */
    public boolean isOneKey() {
        return to != null && to.length == from.length + 1 && to[from.length] == 0 && Arrays.equals(only(from).to, to);
    }

    /** Every key that starts with {@code prefix}. */
    public static KeyRange startingWith(byte[] prefix) {
        int end = prefix.length;
        while (end > 0 && prefix[end - 1] == (byte) 0xFF) {
            end--;
        }
        if (end == 0) {
            return new KeyRange(prefix.clone(), null);
        }
        byte[] to = Arrays.copyOf(prefix, end);
        to[end - 1]++;
        return new KeyRange(prefix.clone(), to);
    }

    public boolean contains(byte[] key) {
        return Arrays.compareUnsigned(key, from) >= 0 && (to == null || Arrays.compareUnsigned(key, to) < 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyRange range && Arrays.equals(from, range.from) && Arrays.equals(to, range.to);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(from) + Arrays.hashCode(to);
    }

    @Override
    public String toString() {
        if (isOneKey()) {
            return "key " + KeyText.of(from);
        }
        return "keys from " + KeyText.of(from) + " to " + (to == null ? "the end" : KeyText.of(to));
    }
}
