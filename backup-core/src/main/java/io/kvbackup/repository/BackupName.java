package io.kvbackup.repository;

import io.kvbackup.database.Database;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The object name of an archive: {@code backups/<database>/<timestamp>.<format>[.<transform>…]}.
 *
 * @param objectName the whole name
 * @param database its folder
 * @param timestamp its stamp
 * @param chain format and transforms
 */
public record BackupName(String objectName, String database, Instant timestamp, FormatChain chain) {
    /** Everything this class names lies below. */
    public static final String ROOT = "backups/";

    /** Longest name of a database, in UTF-8: each store and file system takes it as a segment of a key. */

    /** What a manifest's name has after the archive's. */
    public static final String MANIFEST_SUFFIX = ".manifest.json";

    private static final Pattern STEM = Pattern.compile("backups/(?<database>[^/]+)/"
            + "(?:(?<rfc>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?(?:Z|[+-]\\d\\d:\\d\\d))"
            + "|(?<compact>\\d{8}-\\d{6}))\\.");
    private static final Pattern NAME = Pattern.compile(STEM.pattern() + "(?<chain>[a-z0-9.]+)");
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
    private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant YEAR_10_000 =
            Instant.parse("9999-12-31T23:59:59.999Z").plusMillis(1);

    /** No name that is looked for has a later stamp than about this. */
    private static final Instant LATEST = Instant.parse("9000-01-01T00:00:00Z");

    private static final DateTimeFormatter COMPACT = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss", Locale.ROOT);

    public BackupName {
        Objects.requireNonNull(objectName, "objectName");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(chain, "chain");
    }

    /** A new name. */
    public static BackupName of(String database, Instant timestamp, FormatChain chain) {
        return new BackupName(text(database, timestamp, chain.toString()), database, timestamp, chain);
    }

    /** The text of a new name. */
    static String text(String database, Instant timestamp, String chain) {
        return folder(database) + stamp(timestamp) + "." + chain;
    }

    /**
     * What the names of all objects beside archives of one stamp begin with, as far as it is in a name; empty if the
     * name is not that of anything beside a backup.
     */
    static Optional<String> stem(String key) {
        Matcher matcher = STEM.matcher(key);
        return matcher.lookingAt() ? Optional.of(matcher.group()) : Optional.empty();
    }

    /** Reads a name, ours or one of the FuckBase project; empty if it is neither. */
    public static Optional<BackupName> parse(String objectName) {
        Matcher matcher = NAME.matcher(objectName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Instant timestamp = matcher.group("rfc") != null
                    ? OffsetDateTime.parse(matcher.group("rfc")).toInstant()
                    : LocalDateTime.parse(matcher.group("compact"), COMPACT).toInstant(ZoneOffset.UTC);
            return FormatChain.find(matcher.group("chain"))
                    .map(chain -> new BackupName(objectName, matcher.group("database"), timestamp, chain));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The public view of the backup of this name, whose archive lies in the store. */
    public Backup describe(
            StorageObject archive, boolean hasManifest, Optional<BackupContents> contents, BackupMarks marks) {
        return describe(archive.size(), hasManifest, contents, marks, StoreClock.isCredible(timestamp, archive));
    }

    /** The same, if the store has not told when it got the archive. */
    public Backup describe(
            long storedBytes, boolean hasManifest, Optional<BackupContents> contents, BackupMarks marks) {
        return describe(storedBytes, hasManifest, contents, marks, true);
    }

    private Backup describe(
            long storedBytes,
            boolean hasManifest,
            Optional<BackupContents> contents,
            BackupMarks marks,
            boolean credible) {
        return new Backup(
                objectName,
                database,
                chain.kind(),
                timestamp,
                chain.toString(),
                storedBytes,
                hasManifest,
                contents,
                marks,
                credible);
    }

    /**
     * Makes sure that a new name will be understood.
     *
     * @throws IOException if not, since its stamp lies beyond the year 9999
     */
    public BackupName requireReadable() throws IOException {
        if (parse(objectName).isEmpty()) {
            throw new IOException(
                    "cannot name a backup " + objectName + ": no reader would understand it, since its stamp"
                            + " lies beyond the year 9999; set the clock right");
        }
        return this;
    }

    /** Whether this library could have given the name: other software's stamps look otherwise. */
    public boolean isOurs() {
        return objectName.equals(of(database, timestamp, chain).objectName());
    }

    /** A time stamp as it stands in names: RFC 3339, UTC, milliseconds. */
    public static String stamp(Instant timestamp) {
        if (timestamp.isBefore(YEAR_0) || !timestamp.isBefore(YEAR_10_000)) {
            return MILLISECONDS.format(timestamp);
        }
        // Ten times as fast as the formatter, which counts where there are many.
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(timestamp.getEpochSecond(), timestamp.getNano(), ZoneOffset.UTC);
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.US_ASCII);
        digits(text, 4, time.getYear());
        digits(text, 7, time.getMonthValue());
        digits(text, 10, time.getDayOfMonth());
        digits(text, 13, time.getHour());
        digits(text, 16, time.getMinute());
        digits(text, 19, time.getSecond());
        digits(text, 23, time.getNano() / 1_000_000);
        return new String(text, StandardCharsets.US_ASCII);
    }

    private static void digits(byte[] text, int end, int number) {
        for (int at = end - 1, left = number; left > 0; at--, left /= 10) {
            text[at] = (byte) ('0' + left % 10);
        }
    }

    /** Where backups of a database lie. */
    static String folder(String database) {
        return ROOT + database + "/";
    }

    /**
     * An empty object in the folder of a database: there are, or were, backups of all databases that hold it. Sorts
     * last there.
     */
    static String heldNote(String database) {
        return folder(database) + "in-full";
    }

    /** The first name, in key order, that a backup taken at {@code timestamp} could have. */
    static String lowerBound(String database, Instant timestamp) {
        return folder(database) + stamp(timestamp);
    }

    /**
     * Where in a listing the names of one database's backups with stamps from a moment on and before another are, and
     * perhaps others: stamps of other software may have an offset of up to 18 hours, or stand behind those with hyphens
     * of the same year.
     */
    static BackupObjects.Window window(String database, Instant from, Instant before) {
        String folder = folder(database);
        Duration offset = Duration.ofHours(18);
        String after = from.isAfter(Instant.EPOCH) && from.isBefore(LATEST) ? folder + stamp(from.minus(offset)) : "";
        Optional<String> behind = before.isAfter(Instant.EPOCH) && before.isBefore(LATEST.minus(offset))
                ? Optional.of(
                        folder + (before.plus(offset).atZone(ZoneOffset.UTC).getYear() + 1))
                : Optional.empty();
        return new BackupObjects.Window(folder, after, behind);
    }

    public static String manifestName(String objectName) {
        return objectName + MANIFEST_SUFFIX;
    }

    /**
     * Checks that a database can be filed under its name.
     *
     * @return the name
     * @throws IllegalArgumentException if it cannot; says why
     */
    public static String requireDatabaseName(String name) {
        return Database.requireName(name);
    }
}
