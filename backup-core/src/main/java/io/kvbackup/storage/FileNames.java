package io.kvbackup.storage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns a segment of a key into file names and back.
 *
 * <p>Printable ASCII stays as it is, and all else becomes {@code %XX} for each UTF-8 byte: file systems and JVMs differ in
 * what they do to other characters. A name longer than a file system takes is cut into folders that end with
 * {@value #MORE}. Since a bare {@code %} never comes from a key, the marks cannot collide with one.
 */
final class FileNames {
    /** Ends the name of a folder that holds the rest of a long name. */
    static final String MORE = "%more";
    /** Ends the name of a folder whose plain name is taken by an object. */
    static final String FOLDER = "%dir";
    /** Ends the name of an object whose plain name is taken by a folder. */
    static final String OBJECT = "%file";
    /** Our own folder in the root. */
    static final String AREA = ".kvbackup";

    /** Names end at 255 bytes almost everywhere; leaves room for a mark. */
    private static final int MAX_LENGTH = 240;

    private static final String WINDOWS_RESERVED = "<>:\"|?*\\";
    private static final Pattern WINDOWS_DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);

    private final boolean windows;

    FileNames(boolean windows) {
        this.windows = windows;
    }

    /** The names of a segment: some folders that end with {@link #MORE}, if it is long, and the last name. */
    List<String> encode(String segment) {
        String rest = escape(segment);
        List<String> names = new ArrayList<>(1);
        while (rest.length() > MAX_LENGTH) {
            int escape = rest.lastIndexOf('%', MAX_LENGTH - 1);
            int end = escape > MAX_LENGTH - 3 ? escape : MAX_LENGTH;
            names.add(rest.substring(0, end) + MORE);
            rest = rest.substring(end);
        }
        names.add(rest);
        return names;
    }

    /** The segment that was encoded to these names, or null if none could be: then the file is none of ours. */
    @Nullable
    String decode(List<String> names) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < names.size() - 1; i++) {
            escaped.append(names.get(i), 0, names.get(i).length() - MORE.length());
        }
        String segment = unescape(escaped.append(names.get(names.size() - 1)).toString());
        return segment != null && encode(segment).equals(names) ? segment : null;
    }

    private String escape(String segment) {
        boolean escapeFirst = segment.equalsIgnoreCase(AREA)
                || (windows && WINDOWS_DEVICE.matcher(segment).matches());
        byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
        StringBuilder escaped = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            boolean last = i == bytes.length - 1;
            if (mustEscape(b, last) || (i == 0 && escapeFirst)) {
                escaped.append('%').append(String.format(Locale.ROOT, "%02X", b));
            } else {
                escaped.append((char) b);
            }
        }
        return escaped.toString();
    }

    private boolean mustEscape(int b, boolean last) {
        return b < 0x20
                || b >= 0x7F
                || b == '%'
                || (windows && (WINDOWS_RESERVED.indexOf(b) >= 0 || (last && (b == '.' || b == ' '))));
    }

    private static @Nullable String unescape(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < escaped.length() ? Character.digit(escaped.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(escaped.charAt(i + 2), 16);
            if (low < 0) {
                return null;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
