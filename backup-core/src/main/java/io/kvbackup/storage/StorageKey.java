package io.kvbackup.storage;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** What a key may look like, and how keys are ordered; for implementations of {@link StorageClient}. */
public final class StorageKey {
    /** The longest key, in UTF-8 bytes: below the 1,024 of the cloud stores, to leave room for a prefix. */
    public static final int MAX_BYTES = 900;

    /** Compares keys by their UTF-8 bytes, unsigned; differs from the order of {@link String} beyond U+FFFF. */
    public static final Comparator<String> ORDER = StorageKey::compare;

    private StorageKey() {}

    /**
     * Returns {@code key} if a client may use it.
     *
     * @throws IllegalArgumentException if it is empty, longer than {@link #MAX_BYTES}, has an empty, {@code .} or {@code ..}
     *     segment (so also if it starts or ends with a slash), contains NUL, or half of a surrogate pair
     */
    public static String require(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException(
                    "empty storage key; a key is a relative path like backups/orders/a.json");
        }
        int bytes = utf8Length(key);
        if (bytes > MAX_BYTES) {
            throw refused(key, "is " + bytes + " bytes long in UTF-8; at most " + MAX_BYTES + " are allowed");
        }
        for (int start = 0; start <= key.length(); ) {
            int slash = key.indexOf('/', start);
            int end = slash < 0 ? key.length() : slash;
            String segment = key.substring(start, end);
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                throw refused(key, "has an empty, '.' or '..' segment; remove it");
            }
            start = end + 1;
        }
        return key;
    }

    private static int utf8Length(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c == 0) {
                throw refused(key, "contains a NUL character at " + i);
            }
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < key.length() && Character.isLowSurrogate(key.charAt(i + 1));
            if (pair) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw refused(key, "contains half of a surrogate pair at " + i);
            }
        }
        return key.getBytes(StandardCharsets.UTF_8).length;
    }

    private static IllegalArgumentException refused(String key, String why) {
        String shown = key.length() <= 100 ? key : key.substring(0, 100) + "...";
        return new IllegalArgumentException("storage key '" + shown.replace('\0', '?') + "' " + why);
    }

    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.compare(rank(x), rank(y));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Code points beyond U+FFFF sort last in UTF-8, but their surrogates lie below U+E000. */
    private static char rank(char c) {
        if (c < Character.MIN_SURROGATE) {
            return c;
        }
        return (char) (Character.isSurrogate(c) ? c + 0x2000 : c - 0x0800);
    }
}
