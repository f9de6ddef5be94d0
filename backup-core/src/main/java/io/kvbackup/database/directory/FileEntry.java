package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What set {@code files} says of a path.
 *
 * @param size in bytes; 0 of folders and links
 * @param modified {@code null} of links
 * @param mode the nine permission bits, or -1 where there are none
 * @param target of links, as bytes; otherwise empty
 * @param extras what few paths have
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileEntry(Kind kind, long size, @Nullable Instant modified, int mode, byte[] target, FileExtras extras) {
    private static final byte[] NONE = {};
    private static final int PERMISSIONS = 0777;

    enum Kind {
        FILE,
        DIR,
        LINK
    }

    FileEntry {
        if (size < 0) {
            throw new IllegalArgumentException("size " + size);
        }
        if (mode < -1 || mode > PERMISSIONS) {
            throw new IllegalArgumentException("mode " + mode);
        }
        if (kind == Kind.LINK && target.length == 0) {
            throw new IllegalArgumentException("a link to nothing");
        }
        if (kind != Kind.FILE && extras.sameAs().length > 0) {
            throw new IllegalArgumentException("only files have several names");
        }
    }

    static FileEntry file(long size, Instant modified, int mode) {
        return new FileEntry(Kind.FILE, size, modified, mode, NONE, FileExtras.NONE);
    }

    static FileEntry dir(Instant modified, int mode) {
        return new FileEntry(Kind.DIR, 0, modified, mode, NONE, FileExtras.NONE);
    }

    static FileEntry link(byte[] target) {
        return new FileEntry(Kind.LINK, 0, null, -1, target, FileExtras.NONE);
    }

    FileEntry with(FileExtras more) {
        return new FileEntry(kind, size, modified, mode, target, more);
    }

    /** As {@link FileState} has it. */
    int type() {
        return switch (kind) {
            case FILE -> FileState.FILE;
            case DIR -> FileState.DIR;
            case LINK -> FileState.LINK;
        };
    }

    byte[] encode() {
        StringBuilder text = new StringBuilder(kind.name().toLowerCase(Locale.ROOT));
        if (kind == Kind.FILE) {
            text.append(" size=").append(size);
        }
        if (modified != null) {
            text.append(" modified=").append(modified);
        }
        if (mode >= 0) {
            text.append(" mode=").append(Integer.toOctalString(mode));
        }
        if (kind == Kind.LINK) {
            text.append(" target=").append(PercentText.encode(target));
        }
        extras.appendTo(text);
        return text.toString().getBytes(UTF_8);
    }

    /** Fields that it does not know are passed over. */
    static FileEntry decode(byte[] key, byte[] value) throws IOException {
        String text = new String(value, UTF_8);
        try {
            if (!UTF_8.newEncoder().encode(CharBuffer.wrap(text)).equals(ByteBuffer.wrap(value))) {
                throw new IllegalArgumentException("it is not UTF-8");
            }
            String[] words = text.split(" ", -1);
            Map<String, String> fields = new HashMap<>();
            for (int i = 1; i < words.length; i++) {
                int equals = words[i].indexOf('=');
                fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
            }
            String modified = fields.get("modified");
            return new FileEntry(
                    Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                    Long.parseLong(fields.getOrDefault("size", "0")),
                    modified == null ? null : Instant.parse(modified),
                    fields.containsKey("mode") ? Integer.parseInt(fields.get("mode"), 8) : -1,
                    PercentText.decode(fields.getOrDefault("target", "")),
                    FileExtras.of(fields));
        } catch (CharacterCodingException
                | IllegalArgumentException
                | IndexOutOfBoundsException
                | DateTimeParseException e) {
            throw new IOException(
                    "set files, path \"" + PathKey.show(key) + "\": cannot understand \"" + text + "\": "
                            + e.getMessage(),
                    e);
        }
    }
}
