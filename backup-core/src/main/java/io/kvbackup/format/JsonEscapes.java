package io.kvbackup.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rewrites JSON text that a scanner has found to be valid. */
final class JsonEscapes {
    private JsonEscapes() {}

    /** The text behind the content of a string, or null if it escapes half a surrogate pair. */
    static byte @Nullable [] decode(byte[] content) {
        // In place: no escape is shorter than what it stands for.
        byte[] text = content.clone();
        int to = 0;
        for (int from = 0; from < content.length; ) {
            if (content[from] != '\\') {
                text[to++] = content[from++];
            } else if (content[from + 1] != 'u') {
                text[to++] = simple(content[from + 1]);
                from += 2;
            } else {
                int c = unit(content, from);
                from += 6;
                if (Character.isHighSurrogate((char) c)
                        && from + 6 <= content.length
                        && content[from] == '\\'
                        && content[from + 1] == 'u'
                        && Character.isLowSurrogate((char) unit(content, from))) {
                    c = Character.toCodePoint((char) c, (char) unit(content, from));
                    from += 6;
                } else if (Character.isSurrogate((char) c)) {
                    return null;
                }
                to = put(c, text, to);
            }
        }
        return Arrays.copyOf(text, to);
    }

    private static byte simple(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escaped;
        };
    }

    private static int unit(byte[] content, int at) {
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            unit = unit << 4 | Character.digit(content[i], 16);
        }
        return unit;
    }

    private static int put(int codePoint, byte[] text, int at) {
        byte[] sequence = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(sequence, 0, text, at, sequence.length);
        return at + sequence.length;
    }

    /** The same value without white space between its tokens. */
    static byte[] withoutLayout(byte[] value) {
        byte[] compact = new byte[value.length];
        int to = 0;
        boolean inString = false;
        for (int from = 0; from < value.length; from++) {
            byte c = value[from];
            if (inString || c > ' ' || c < 0) {
                compact[to++] = c;
            }
            if (c == '"') {
                inString = !inString;
            } else if (c == '\\') {
                compact[to++] = value[++from];
            }
        }
        return Arrays.copyOf(compact, to);
    }
}
