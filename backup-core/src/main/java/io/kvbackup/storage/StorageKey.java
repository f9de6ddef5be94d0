package io.kvbackup.storage;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What a key may look like, and how keys are ordered; for implementations of {@link StorageClient}. */
public final class StorageKey {
    /** The longest key, in UTF-8 bytes: below the 1,024 of the cloud stores, to leave room for a prefix. */
    public static final int MAX_BYTES = 900;

    /**
     * The longest segment between two slashes, in UTF-8 bytes, of the keys that this library makes: a store need not
     * take longer ones, and many file systems take 255. Whatever becomes part of a name is checked against it when it
     * is given.
     */
    public static final int MAX_SEGMENT_BYTES = 240;

    /** Compares keys by their UTF-8 bytes, unsigned; differs from the order of {@link String} beyond U+FFFF. */
    public static final Comparator<String> ORDER = StorageKey::compare;

    private StorageKey() {}

    /**
     * Returns {@code key} if a client may use it.
     *
     * @throws IllegalArgumentException if it is empty, longer than {@link #MAX_BYTES}, has an empty, {@code .} or
     *     {@code ..} segment (so also if it starts or ends with a slash), contains NUL, or half of a surrogate pair
     */
    public static String require(String key) {
        String problem = problem(key);
        if (problem != null) {
            String shown = key.length() <= 100 ? key : key.substring(0, 100) + "...";
            throw new IllegalArgumentException("storage key '" + shown.replace('\0', '?') + "' " + problem
                    + "; a key is a relative path like backups/orders/a.json");
        }
        return key;
    }

    /** What is wrong with a key, or null if nothing is. */
    public static @Nullable String problem(String key) {
        if (key.isEmpty()) {
            return "is empty";
        }
        for (String segment : key.split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                return "has an empty, '.' or '..' segment";
            }
        }
        if (key.indexOf('\0') >= 0) {
            return "contains a NUL character at " + key.indexOf('\0');
        }
        try {
            int bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(key))
                    .remaining();
            return bytes <= MAX_BYTES
                    ? null
                    : "has " + bytes + " bytes in UTF-8; at most " + MAX_BYTES + " are allowed";
        } catch (CharacterCodingException e) {
            return "contains half of a surrogate pair";
        }
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
