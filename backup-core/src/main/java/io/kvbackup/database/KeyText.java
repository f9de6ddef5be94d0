package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.HexFormat;

/** Keys as people read them in error messages: text where it is text, otherwise hexadecimal digits, and never long. */
final class KeyText {
    private static final int LIMIT = 64;

    private KeyText() {}

    static String of(byte[] key) {
        String whole = key.length > LIMIT ? "... (" + key.length + " bytes)" : "";
        byte[] start = Arrays.copyOf(key, Math.min(key.length, LIMIT));
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(start)).toString();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return "\"" + text + "\"" + whole;
            }
        } catch (CharacterCodingException e) {
            // Not text: shown as bytes below.
        }
        return "0x" + HexFormat.of().formatHex(start) + whole;
    }

    static String of(Object key) {
        if (key instanceof byte[] bytes) {
            return of(bytes);
        }
        String text = String.valueOf(key);
        return "\"" + (text.length() > LIMIT ? text.substring(0, LIMIT) + "..." : text) + "\"";
    }
}
