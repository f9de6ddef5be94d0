package io.kvbackup.disk;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntPredicate;

/**
 * One part of a name that is put together of several. Different parts are written differently, and without the
 * characters that stand between parts, so that different lists of parts never give the same name, and none that begins
 * with another's parts. Parts of plain characters stay as they are.
 */
public final class PartName {
    private static final char ESCAPE = '~';

    /** No escape ends and begins with so many in a row. */
    private static final String SHORTENED = "~~~";

    private static final int DIGEST_BYTES = 16;

    private PartName() {}

    /**
     * The part with {@code ~<hexadecimal>~} for each code point that is not plain.
     *
     * @param plain code points that stay; never those that stand between parts. A tilde is never plain
     */
    public static String escape(String part, IntPredicate plain) {
        StringBuilder escaped = new StringBuilder(part.length() + 8);
        part.codePoints().forEach(c -> {
            if (c != ESCAPE && plain.test(c)) {
                escaped.appendCodePoint(c);
            } else {
                escaped.append(ESCAPE).append(Integer.toHexString(c)).append(ESCAPE);
            }
        });
        return escaped.toString();
    }

    /**
     * The opposite of {@link #escape}.
     *
     * @throws IllegalArgumentException if a tilde is not part of an escape
     */
    public static String unescape(String escaped) {
        StringBuilder part = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            if (escaped.charAt(i) != ESCAPE) {
                part.append(escaped.charAt(i));
                continue;
            }
            int end = escaped.indexOf(ESCAPE, i + 1);
            if (end < 0) {
                throw new IllegalArgumentException("\"" + escaped + "\" ends within an escape");
            }
            part.appendCodePoint(Integer.parseInt(escaped.substring(i + 1, end), 16));
            i = end;
        }
        return part.toString();
    }

    /**
     * For the names of files, which may end early, and may differ in case only and yet be one: all but
     * {@code a-z 0-9 _ -} is escaped, and a digest stands for what is too long.
     *
     * @param max length of the result, more than 40
     */
    public static String ofFile(String part, int max) {
        String escaped = escape(part, c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-');
        if (escaped.length() <= max) {
            return escaped;
        }
        String digest = SHORTENED + digest(escaped);
        return escaped.substring(0, max - digest.length()) + digest;
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
