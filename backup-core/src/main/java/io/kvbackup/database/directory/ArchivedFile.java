package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a backup of a folder says of one path; made of an entry of its set {@value DirectoryDatabase#FILES}.
 *
 * @param path relative to the folder, with {@code /} between names; empty for the folder itself. Names that are not
 *     UTF-8, and control characters, are shown as {@code %XX}, so that no name can pretend to be another line of a
 *     listing
 * @param kind what it is
 * @param size in bytes; 0 of folders and links
 * @param modified empty of links
 * @param mode the nine permission bits; empty where there are none
 * @param target where a link leads to, shown like a path; otherwise empty
 */
public record ArchivedFile(
        String path, Kind kind, long size, Optional<Instant> modified, OptionalInt mode, Optional<String> target) {
    /** What a path may be. */
    public enum Kind {
        FILE,
        FOLDER,
        LINK
    }

    /**
     * Understands an entry.
     *
     * @throws IOException if it is not one of a folder's set {@value DirectoryDatabase#FILES}
     */
    public static ArchivedFile of(byte[] key, byte[] value) throws IOException {
        FileEntry entry = FileEntry.decode(key, value);
        Kind kind = switch (entry.kind()) {
            case FILE -> Kind.FILE;
            case DIR -> Kind.FOLDER;
            case LINK -> Kind.LINK;
        };
        return new ArchivedFile(
                text(key),
                kind,
                entry.size(),
                Optional.ofNullable(entry.modified()),
                entry.mode() < 0 ? OptionalInt.empty() : OptionalInt.of(entry.mode()),
                kind == Kind.LINK ? Optional.of(text(entry.target())) : Optional.empty());
    }

    private static String text(byte[] name) {
        String text = new String(name, UTF_8);
        boolean plain = text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0xFFFD);
        return plain ? text : PathKey.show(name);
    }
}
