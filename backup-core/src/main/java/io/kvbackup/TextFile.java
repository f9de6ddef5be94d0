package io.kvbackup;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The text of a small file that a person wrote, on whatever system: UTF-8, with or without a byte order mark, or UTF-16
 * with one. Anything else is refused by name. Never shows a part of the text.
 *
 * @param first the first line, without its end
 * @param marked whether UTF-8 began with a byte order mark
 */
@SuppressWarnings("ArrayRecordComponent") // a secret is wiped, and never compared
record TextFile(char[] first, boolean marked) {
    private static final int BOM_BYTES = 3;

    /** @throws IllegalArgumentException if it is not such text; says what it seems to be */
    static TextFile of(byte[] content) {
        if (startsWith(content, 0xFF, 0xFE, 0, 0) || startsWith(content, 0, 0, 0xFE, 0xFF)) {
            throw refused("in UTF-32");
        }
        if (startsWith(content, 0xFE, 0xFF)) {
            return decode(content, 2, StandardCharsets.UTF_16BE);
        }
        if (startsWith(content, 0xFF, 0xFE)) {
            return decode(content, 2, StandardCharsets.UTF_16LE);
        }
        for (byte b : content) {
            if (b == 0) {
                throw refused("in UTF-16 without a byte order mark, or no text at all");
            }
        }
        return decode(content, startsWith(content, 0xEF, 0xBB, 0xBF) ? BOM_BYTES : 0, StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("it seems to be " + what + "; save it as text in UTF-8");
    }

    private static TextFile decode(byte[] content, int start, Charset charset) {
        CharBuffer text;
        try {
            text = charset.newDecoder().decode(ByteBuffer.wrap(content, start, content.length - start));
        } catch (CharacterCodingException e) {
            // Without the cause: its message would tell where the secret holds something, and how long that is.
            throw refused("Latin-1 or text of another code page, or binary: it is not valid " + charset);
        }
        int end = 0;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        char[] first = new char[end];
        text.get(first);
        Arrays.fill(text.array(), '\0');
        return new TextFile(first, start == BOM_BYTES);
    }

    private static boolean startsWith(byte[] content, int... start) {
        for (int i = 0; i < start.length; i++) {
            if (i >= content.length || (content[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether bytes that could be anything look like text in UTF-16: every other one is zero and the others are not.
     */
    static boolean looksLikeUtf16(byte[] content) {
        int from = startsWith(content, 0xFF, 0xFE) || startsWith(content, 0xFE, 0xFF) ? 2 : 0;
        for (int zero = 0; zero < 2; zero++) {
            boolean alike = content.length > from;
            for (int i = from; i < content.length; i++) {
                alike &= (content[i] == 0) == (i % 2 == zero);
            }
            if (alike) {
                return true;
            }
        }
        return false;
    }
}
