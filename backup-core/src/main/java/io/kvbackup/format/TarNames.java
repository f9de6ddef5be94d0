package io.kvbackup.format;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Any bytes as one segment of a path, and back: bytes outside {@code [A-Za-z0-9._-]} become {@code %XX}, nothing at all
 * becomes {@code %}, and names that mean something else in their place have their first byte escaped. So no name can
 * leave its directory when a person unpacks the archive.
 */
final class TarNames {
    static final String METADATA = "metadata.json";
    static final String DATABASE = "database.json";
    static final String SET = "set.json";
    static final String DATA = "data";

    private static final Set<String> RESERVED = Set.of(".", "..", METADATA, DATABASE);

    private TarNames() {}

    static String escape(String name) {
        return escape(name.getBytes(StandardCharsets.UTF_8));
    }

    static String escape(byte[] name) {
        if (name.length == 0) {
            return "%";
        }
        boolean reserved = RESERVED.contains(new String(name, StandardCharsets.ISO_8859_1));
        StringBuilder segment = new StringBuilder(name.length + 16);
        for (int i = 0; i < name.length; i++) {
            if (isPlain(name[i]) && !(reserved && i == 0)) {
                segment.append((char) name[i]);
            } else {
                segment.append('%').append(hex(name[i] >> 4)).append(hex(name[i]));
            }
        }
        return segment.toString();
    }

    private static char hex(int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xF, 16));
    }

    private static boolean isPlain(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || "._-".indexOf(b) >= 0;
    }

    static byte[] unescape(String segment) throws CorruptBackupException {
        if (segment.equals("%")) {
            return new byte[0];
        }
        ByteArrayOutputStream name = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%' && i + 2 < segment.length()) {
                name.write(Character.digit(segment.charAt(++i), 16) << 4 | Character.digit(segment.charAt(++i), 16));
            } else {
                name.write(c);
            }
        }
        byte[] bytes = name.toByteArray();
        // One spelling only: what does not come out the same way has not come from here.
        if (!escape(bytes).equals(segment)) {
            throw new CorruptBackupException("TAR archive: '" + segment + "' is not an escaped name");
        }
        return bytes;
    }

    static String unescapeText(String segment) throws CorruptBackupException {
        byte[] bytes = unescape(segment);
        if (Utf8.firstInvalid(bytes) >= 0) {
            throw new CorruptBackupException("TAR archive: '" + segment + "' is not a name in UTF-8");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
