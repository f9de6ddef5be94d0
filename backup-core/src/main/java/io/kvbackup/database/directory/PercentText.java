package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Bytes as the path of a URI. */
final class PercentText {
    private static final String PLAIN = "/-._~!$&'()*+,;=:@";
    private static final String DIGITS = "0123456789ABCDEF";

    private PercentText() {}

    static String encode(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length + 8);
        for (byte b : bytes) {
            if (b > 0 && (Character.isLetterOrDigit((char) b) || PLAIN.indexOf(b) >= 0)) {
                text.append((char) b);
            } else {
                text.append('%').append(DIGITS.charAt((b & 0xFF) >> 4)).append(DIGITS.charAt(b & 0xF));
            }
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException if a percent sign is not followed by two digits */
    static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int i = 0;
        while (i < text.length()) {
            if (text.charAt(i) == '%') {
                if (i + 3 > text.length()) {
                    throw new IllegalArgumentException("\"" + text + "\" ends within an escape");
                }
                bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 3;
            } else {
                bytes.writeBytes(text.substring(i, i + 1).getBytes(UTF_8));
                i++;
            }
        }
        return bytes.toByteArray();
    }
}
