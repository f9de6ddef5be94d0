package io.kvbackup.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A stored backup.
 *
 * <p>A listing knows only what names tell, which includes the {@linkplain #marks() marks}; {@link #contents()} is
 * filled where the manifest was read, that is for a backup that was just taken, described, verified or restored.
 *
 * @param objectName the archive's key in the store; all operations on a backup take it
 * @param database the database's name; {@code full} for a backup of all databases
 * @param kind how it is stored
 * @param timestamp when the snapshot was taken
 * @param format archive format and transforms, as in {@code cbor.zst}
 * @param storedBytes size of the archive in the store
 * @param hasManifest {@code false} if other software wrote the archive, or if its writer died before it could confirm
 *     it: it can be restored, but there is nothing to verify it against
 * @param contents what the manifest says, if it was read
 * @param marks what is remembered beside it: pin, tags, verifications
 * @param credible whether the time stamp is credible: it was at most {@link #CLOCK_SKEW} ahead of the store's clock
 *     when the archive was stored. A backup with an incredible stamp is never a reason to remove another one
 */
public record Backup(
        String objectName,
        String database,
        BackupKind kind,
        Instant timestamp,
        String format,
        long storedBytes,
        boolean hasManifest,
        Optional<BackupContents> contents,
        BackupMarks marks,
        boolean credible) {
    /** The name under which backups of all databases together are filed; no database can have it. */
    public static final String ALL_DATABASES = "full";

    /** Clocks that are kept right differ by less; a stamp further ahead comes from a wrong clock. */
    public static final Duration CLOCK_SKEW = Duration.ofHours(1);

    /** By time, newest first. */
    public static final Comparator<Backup> NEWEST_FIRST = Comparator.comparing(Backup::timestamp)
            .reversed()
            .thenComparing(Backup::objectName, Comparator.reverseOrder());

    public Backup {
        Objects.requireNonNull(objectName, "objectName");
        Objects.requireNonNull(database, "database");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(timestamp, "timestamp");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(contents, "contents");
        Objects.requireNonNull(marks, "marks");
    }

    /** A backup with a credible stamp. */
    public Backup(
            String objectName,
            String database,
            BackupKind kind,
            Instant timestamp,
            String format,
            long storedBytes,
            boolean hasManifest,
            Optional<BackupContents> contents,
            BackupMarks marks) {
        this(objectName, database, kind, timestamp, format, storedBytes, hasManifest, contents, marks, true);
    }

    /** Whether a stamp is at most {@link #CLOCK_SKEW} ahead of a clock. */
    public static boolean isCredible(Instant stamp, Instant clock) {
        return Duration.between(clock, stamp).compareTo(CLOCK_SKEW) <= 0;
    }

    /**
     * Whether one can rely on this backup, as far as is known: it was confirmed, and is not known as damaged
     * ({@link BackupMarks#isDamaged()}). Retention, health, metrics and {@code restoreLatest} all go by this.
     */
    public boolean isGood() {
        return hasManifest && !marks.isDamaged();
    }

    /** Counts and versions, if the manifest was read. */
    public Optional<BackupMetadata> metadata() {
        return contents.map(BackupContents::metadata);
    }

    /** When it last passed a verification, of any level; see {@link BackupMarks} for more. */
    public Optional<Instant> lastVerifiedAt() {
        return marks.lastVerifiedAt();
    }

    /** Whether it stays, whatever a retention policy says. */
    public boolean isPinned() {
        return marks.pinned();
    }

    /** Its tags, in alphabetical order. */
    public Set<String> tags() {
        return marks.tags();
    }

    /** Whether this is a backup of all databases together. */
    public boolean isOfAllDatabases() {
        return database.equals(ALL_DATABASES);
    }

    /** On one line: {@code backups/orders/….cbor.zst (FULL, 1,204 bytes, pinned, verified 2026-11-20T12:00:00Z)}. */
    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder(objectName + String.format(Locale.ROOT, " (%s, %,d bytes", kind, storedBytes));
        text.append(hasManifest ? "" : ", without manifest").append(isPinned() ? ", pinned" : "");
        text.append(tags().isEmpty() ? "" : ", tags " + tags()).append(marks.isDamaged() ? ", damaged" : "");
        lastVerifiedAt().ifPresent(at -> text.append(", verified ").append(at));
        metadata()
                .ifPresent(
                        counts -> text.append(", ").append(counts.entryCount()).append(" entries"));
        return text.append(")").toString();
    }
}
