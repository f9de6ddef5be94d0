package io.kvbackup.verify;

import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.VerifyCheck;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The ladder of verification. A normal return says that the backup has passed. Safe for use by several threads. */
final class VerifyLadder {
    private final BackupReader reader;
    private final RestoreDrill drill;

    VerifyLadder(BackupReader reader, RestoreDrill drill) {
        this.reader = reader;
        this.drill = drill;
    }

    /**
     * What was found good.
     *
     * @param checks what was looked at
     * @param counted databases whose entries were counted; empty if none was read
     */
    record Outcome(Set<VerifyCheck> checks, List<DatabaseContents> counted) {
        Outcome {
            checks = Set.copyOf(checks);
            counted = List.copyOf(counted);
        }
    }

    /** Whether all of a backup is there, as far as that shows without its key: {@link VerifyLevel#LISTED}. */
    static Outcome verifyListed(StoredArchive backup) throws IOException {
        backup.requirePromisedSize();
        return new Outcome(
                EnumSet.of(VerifyCheck.ARCHIVE_PRESENT, VerifyCheck.MANIFEST_INTACT, VerifyCheck.SIZE), List.of());
    }

    /**
     * Verifies a backup that was found in the store.
     *
     * @throws CorruptBackupException if it is not what was written, or does not restore; any other exception says nothing
     *     about it
     */
    Outcome verify(StoredBackup backup, VerifyLevel level, RestoreDrill.Scratch scratch, ProgressListener listener)
            throws IOException {
        EnumSet<VerifyCheck> checks = EnumSet.of(VerifyCheck.ARCHIVE_PRESENT);
        backup.requirePromisedSize();
        boolean promised = backup.manifest().isPresent();
        if (promised) {
            checks.addAll(Set.of(VerifyCheck.MANIFEST_INTACT, VerifyCheck.SIZE));
        }
        if (level == VerifyLevel.LISTED) {
            return new Outcome(checks, List.of());
        }
        StoredContents contents =
                level == VerifyLevel.DRILL ? drill.run(backup, scratch, listener) : reader.verify(backup, listener);
        checks.add(VerifyCheck.STRUCTURE);
        if (promised) {
            checks.addAll(Set.of(VerifyCheck.DIGESTS, VerifyCheck.COUNTS));
        }
        if (level == VerifyLevel.DRILL) {
            checks.addAll(Set.of(VerifyCheck.RESTORED_COUNTS, VerifyCheck.RESTORED_CONTENT));
        }
        return new Outcome(checks, contents.databases());
    }
}
