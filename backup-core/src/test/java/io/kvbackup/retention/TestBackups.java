package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Backups that are in no store. */
final class TestBackups {
    private TestBackups() {}

    static Backup at(String time) {
        return of("orders", Instant.parse(time), BackupMarks.NONE, true);
    }

    static Backup of(String database, Instant time, BackupMarks marks, boolean hasManifest) {
        return new Backup(
                "backups/" + database + "/" + time + ".cbor",
                database,
                BackupKind.FULL,
                time,
                "cbor",
                100,
                hasManifest,
                Optional.empty(),
                marks);
    }

    static Backup marked(String time, BackupMarks marks) {
        return of("orders", Instant.parse(time), marks, true);
    }

    static BackupMarks pinned() {
        return new BackupMarks(true, Set.of(), List.of());
    }

    static BackupMarks tagged(String... tags) {
        return new BackupMarks(false, Set.of(tags), List.of());
    }

    static BackupMarks verified(boolean passed) {
        return new BackupMarks(
                false, Set.of(), List.of(new Verification(VerifyLevel.DIGEST, Instant.EPOCH, Duration.ZERO, passed)));
    }
}
