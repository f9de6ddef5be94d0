package io.kvbackup.storage.file;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a segment of a key into file names and back, in one of a few spellings. Mounts take different names, so
 * {@link MountNames} finds out which spelling new files get; readers understand all spellings everywhere.
 *
 * <p>Printable ASCII stays as it is where the mount takes it; every other character becomes {@code %XX} for each UTF-8
 * byte: file systems and JVMs differ in what they do to other characters. A name longer than a file system takes is cut
 * into folders that end with {@value #MORE}. Since a bare {@code %} never comes from a key, the marks cannot collide
 * with one.
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

    /** Which printable characters are escaped. */
    enum Escaping {
        /** {@code %} alone. */
        PLAIN,
        /** Also what Windows reserves, as FAT, exFAT and many servers of SMB do. */
        RESERVED,
        /** All but letters, digits, and {@code . _ -} in the middle. */
        STRICT
    }

    /** The spellings there are, in the order in which a file is looked for. */
    private static final List<FileNames> ALL = Stream.of(false, true)
            .flatMap(folds -> Stream.of(Escaping.values()).map(escaping -> new FileNames(escaping, folds)))
            .toList();

    /** Names end at 255 bytes almost everywhere; leaves room for a mark. */
    private static final int MAX_LENGTH = 240;

    private static final String WINDOWS_RESERVED = "<>:\"|?*\\";
    private static final Pattern WINDOWS_DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?", Pattern.CASE_INSENSITIVE);
    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

    private final Escaping escaping;
    private final boolean foldsCase;

    /** @param foldsCase whether {@code A} and {@code a} are one name, so that one of them has to be escaped */
    FileNames(Escaping escaping, boolean foldsCase) {
        this.escaping = escaping;
        this.foldsCase = foldsCase;
    }

    /** The names of a segment in all spellings, without repetitions. */
    static Collection<List<String>> spellings(String segment) {
        Set<List<String>> spellings = new LinkedHashSet<>();
        for (FileNames names : ALL) {
            spellings.add(names.encode(segment));
        }
        return spellings;
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

    /** The segment that has this spelling, or null if there is none: then the file is not ours. */
    static @Nullable String decode(List<String> names) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < names.size() - 1; i++) {
            escaped.append(names.get(i), 0, names.get(i).length() - MORE.length());
        }
        String segment = unescape(escaped.append(names.get(names.size() - 1)).toString());
        boolean ours = segment != null
                && segment.indexOf('/') < 0
                && ALL.stream().anyMatch(each -> each.encode(segment).equals(names));
        return ours ? segment : null;
    }

    /** Whether it stands for this segment alone, even where {@code A} and {@code a} are one name. */
    static boolean isSafeInAnyCase(String segment, List<String> names) {
        return ALL.stream()
                .anyMatch(each -> each.foldsCase && each.encode(segment).equals(names));
    }

    private String escape(String segment) {
        boolean escapeFirst = segment.equalsIgnoreCase(AREA)
                || (escaping != Escaping.PLAIN
                        && WINDOWS_DEVICE.matcher(segment).matches());
        byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream escaped = new ByteArrayOutputStream(bytes.length + 16);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            boolean last = i == bytes.length - 1;
            if (mustEscape(b, last)
                    || (i == 0 && escapeFirst)
                    || (foldsCase && isOfTheOtherCase(b, i == 0 ? 0 : bytes[i - 1]))) {
                escaped.write('%');
                escaped.write(HEX[b >> 4]);
                escaped.write(HEX[b & 15]);
            } else {
                escaped.write(b);
            }
        }
        return escaped.toString(StandardCharsets.US_ASCII);
    }

    private boolean mustEscape(int b, boolean last) {
        boolean edge = last && (b == '.' || b == ' ');
        return b < 0x20
                || b >= 0x7F
                || b == '%'
                || switch (escaping) {
                    case PLAIN -> false;
                    case RESERVED -> edge || WINDOWS_RESERVED.indexOf(b) >= 0;
                    case STRICT -> edge || !(isLetter(b) || isDigit(b) || b == '.' || b == '_' || b == '-');
                };
    }

    private static boolean isLetter(int b) {
        return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
    }

    private static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    /**
     * Letters are small as a rule, but those that follow digits in time stamps are capital: these names stay readable.
     */
    private static boolean isOfTheOtherCase(int b, int before) {
        boolean capital = isDigit(before) && ((b | 0x20) == 't' || (b | 0x20) == 'z');
        return isLetter(b) && capital != ((b & 0x20) == 0);
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
