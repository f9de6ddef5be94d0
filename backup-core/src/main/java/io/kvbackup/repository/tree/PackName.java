package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackId;
import io.kvbackup.repository.BackupName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The object name of a pack: {@code packs/<database>/<timestamp>-<16 hex>.pack}. It tells the pack's id, and the id
 * tells it.
 *
 * @param database its folder
 * @param id its id
 */
public record PackName(String database, PackId id) {
    /** Everything this class names lies below. */
    public static final String ROOT = "packs/";

    private static final String STAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";
    private static final Pattern PACK =
            Pattern.compile(ROOT + "(?<database>[^/]+)/(?<stamp>" + STAMP + ")-(?<random>[0-9a-f]{16})\\.pack");
    private static final Pattern MARK =
            Pattern.compile("(?<pack>" + ROOT + ".+\\.pack)\\.(?<kind>removed|failed)\\.(?<stamp>" + STAMP + ")");

    /** What an empty object beside a pack says of it. */
    public enum MarkKind {
        /** Prune means to delete it: it must not be reused. */
        REMOVED,
        /** A verification found damage: it must never be reused. */
        FAILED
    }

    /**
     * An empty object beside a pack.
     *
     * @param pack what it is about
     * @param at when it was written, by the writer's clock
     */
    public record Mark(PackName pack, MarkKind kind, Instant at) {
        public String objectName() {
            return pack.objectName() + "." + kind.name().toLowerCase(Locale.ROOT) + "." + BackupName.stamp(at);
        }
    }

    /** Where the packs of a database lie. */
    public static String folder(String database) {
        return ROOT + database + "/";
    }

    public String objectName() {
        return folder(database) + BackupName.stamp(Instant.ofEpochMilli(id.millis())) + "-" + id.randomHex() + ".pack";
    }

    /** Reads the name of a pack; empty if it is none that this library gave, and so not ours to touch. */
    public static Optional<PackName> parse(String objectName) {
        Matcher matcher = PACK.matcher(objectName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return instant(matcher.group("stamp"))
                .map(begun -> new PackName(
                        matcher.group("database"),
                        new PackId(begun.toEpochMilli(), Long.parseUnsignedLong(matcher.group("random"), 16))))
                .filter(name -> name.objectName().equals(objectName));
    }

    /** Reads the name of a mark beside a pack; empty if it is none that this library gave. */
    public static Optional<Mark> parseMark(String objectName) {
        Matcher matcher = MARK.matcher(objectName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        MarkKind kind = MarkKind.valueOf(matcher.group("kind").toUpperCase(Locale.ROOT));
        return parse(matcher.group("pack"))
                .flatMap(pack -> instant(matcher.group("stamp")).map(at -> new Mark(pack, kind, at)))
                .filter(mark -> mark.objectName().equals(objectName));
    }

    private static Optional<Instant> instant(String stamp) {
        try {
            return Optional.of(Instant.parse(stamp));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
