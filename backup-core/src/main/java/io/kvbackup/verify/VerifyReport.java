package io.kvbackup.verify;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says that a backup was verified and found good. For a damaged one, {@link io.kvbackup.model.CorruptBackupException}
 * says what is wrong.
 *
 * @param backup what was verified. If it {@linkplain Backup#hasManifest() has no manifest} there was less to check; see
 *     {@code checks}
 * @param result level, end, and duration
 * @param checks what was looked at and found good
 * @param entryCounts entries by database and set; empty for {@link VerifyLevel#LISTED}, which reads none
 * @param remembered whether the store keeps the result beside the backup; {@code false} if nobody asked for that, or
 *     the store did not take it
 */
public record VerifyReport(
        Backup backup,
        Verification result,
        Set<Check> checks,
        Map<String, Map<String, Long>> entryCounts,
        boolean remembered) {
    public VerifyReport {
        Objects.requireNonNull(backup, "backup");
        Objects.requireNonNull(result, "result");
        checks = Collections.unmodifiableSet(new TreeSet<>(checks));
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        entryCounts.forEach(
                (database, sets) -> counts.put(database, Collections.unmodifiableMap(new LinkedHashMap<>(sets))));
        entryCounts = Collections.unmodifiableMap(counts);
    }

    /** What was proved. */
    public VerifyLevel level() {
        return result.level();
    }

    /** How long it took. */
    public Duration took() {
        return result.took();
    }

    /** Whether the backup is good. */
    public boolean passed() {
        return result.passed();
    }

    /** Entries in all sets of all databases that were counted. */
    public long entries() {
        return entryCounts.values().stream()
                .flatMap(sets -> sets.values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }

    /** One thing that a verification checked and found good. */
    public enum Check {
        /** The archive is in the store. */
        ARCHIVE_PRESENT,

        /** The manifest is there, intact by its own digest, and describes this archive. */
        MANIFEST_INTACT,

        /** The archive has the size that the manifest promises. */
        SIZE,

        /** The packs of an incremental backup are in the store, with the sizes that the manifest promises. */
        PACKS_PRESENT,

        /** The archive, and the packs of an incremental backup, have the SHA-256 that the manifest promises. */
        STORED_DIGESTS,

        /** The archive is whole and well-formed to its last byte, with each name once. */
        STRUCTURE,

        /** Length and SHA-256 of the archive, as stored and before compression, are those of the manifest. */
        DIGESTS,

        /** Databases, sets, encodings, and the number of entries in each set, are those of the manifest. */
        COUNTS,

        /** A scratch database into which the backup was restored has as many entries in each set as the backup. */
        RESTORED_COUNTS,

        /**
         * The scratch database gives back what was put into it. If there is a manifest, writing that again gives the
         * archive's content, to the byte.
         */
        RESTORED_CONTENT
    }
}
