package io.kvbackup.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A stored backup.
 *
 * <p>A listing knows only what names tell, which includes the {@linkplain #marks() marks}; {@link #contents()} is filled where the manifest was read, that is for a backup
 * that was just taken, described, verified or restored.
 *
 * @param objectName the archive's key in the store; what all operations on a backup ask for
 * @param database the database's name; {@code full} for a backup of all databases
 * @param kind how it is stored
 * @param timestamp when the snapshot was taken
 * @param format archive format and transforms, as in {@code cbor.zst}
 * @param storedBytes size of the archive in the store
 * @param hasManifest {@code false} for an archive that was written by other software, or whose writer died before it could
 *     confirm it: it can be restored, but there is nothing to verify it against
 * @param contents what the manifest says, if it was read
 * @param marks what is remembered beside it: pin, tags, verifications
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
        BackupMarks marks) {
    /** The name under which backups of all databases together are filed; no database can have it. */
    public static final String ALL_DATABASES = "full";

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

    /** Counts and versions, if the manifest was read. */
    public Optional<BackupMetadata> metadata() {
        return contents.map(BackupContents::metadata);
    }

    /** When it last passed a verification, of any level; see {@link BackupMarks} for more. */
    public Optional<Instant> lastVerifiedAt() {
        return marks.lastVerifiedAt();
    }

    /** Whether it is kept whatever a retention policy says. */
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
}
