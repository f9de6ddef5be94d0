package io.kvbackup.verify;

import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.ManifestDocument;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.pipeline.MeasuredInputStream;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.StoredArchive;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.repository.tree.PackChecks;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Verifies a backup at any level. A normal return says that the backup has passed. Safe for use by several threads. */
final class VerifyLadder {
    private final StorageClient storage;
    private final BackupReader reader;
    private final RestoreDrill drill;
    private final PackChecks packs;

    /** @param storage where everything is read */
    VerifyLadder(StorageClient storage, BackupReader reader, RestoreDrill drill, PackChecks packs) {
        this.storage = storage;
        this.reader = reader;
        this.drill = drill;
        this.packs = packs;
    }

    /**
     * The parts that were found good.
     *
     * @param checks what was looked at
     * @param counted databases whose entries were counted; empty if none was read
     */
    record Outcome(Set<VerifyReport.Check> checks, List<DatabaseContents> counted) {
        Outcome {
            checks = Set.copyOf(checks);
            counted = List.copyOf(counted);
        }
    }

    /**
     * Whether all of a backup is there, and if that is asked for has its digests: what shows without its key.
     *
     * @param level {@link VerifyLevel#LISTED} or {@link VerifyLevel#STORED}
     * @param mark whether packs that are damaged are marked
     */
    Outcome verifyObjects(StoredArchive backup, VerifyLevel level, boolean mark) throws IOException {
        EnumSet<VerifyReport.Check> checks = EnumSet.of(VerifyReport.Check.ARCHIVE_PRESENT);
        backup.requirePromisedSize();
        if (backup.manifest().isEmpty()) {
            if (level == VerifyLevel.STORED) {
                read(backup);
            }
            return new Outcome(checks, List.of());
        }
        ManifestDocument manifest = backup.manifest().get().document();
        checks.addAll(Set.of(VerifyReport.Check.MANIFEST_INTACT, VerifyReport.Check.SIZE));
        if (manifest.kind() == BackupKind.INCREMENTAL) {
            PackChecks.requireListed(storage, manifest);
            checks.add(VerifyReport.Check.PACKS_PRESENT);
        }
        if (level == VerifyLevel.STORED) {
            StreamDigest found = read(backup);
            if (!found.equals(manifest.stored())) {
                throw new CorruptBackupException("archive " + manifest.objectName() + " is damaged: it has " + found
                        + ", its manifest promises " + manifest.stored());
            }
            packs.requireStored(storage, manifest, mark);
            checks.add(VerifyReport.Check.STORED_DIGESTS);
        }
        return new Outcome(checks, List.of());
    }

    private StreamDigest read(StoredArchive backup) throws IOException {
        try (MeasuredInputStream in = new MeasuredInputStream(storage.download(backup.archive(), ByteRange.all()))) {
            in.transferTo(OutputStream.nullOutputStream());
            return new StreamDigest(in.count(), in.sha256());
        }
    }

    /** The packs in which the damage of a backup lies get their marks. */
    void markDamagedPacks(StoredArchive backup) throws IOException {
        if (backup.manifest().isPresent()) {
            packs.requireStored(storage, backup.manifest().get().document(), true);
        }
    }

    /**
     * Verifies a backup that was found in the store.
     *
     * @param level {@link VerifyLevel#DIGEST} or {@link VerifyLevel#DRILL}
     * @throws CorruptBackupException if the backup is damaged, or does not restore; any other exception says nothing
     *     about it
     */
    Outcome verify(StoredBackup backup, VerifyLevel level, RestoreDrill.Scratch scratch, ProgressListener listener)
            throws IOException {
        EnumSet<VerifyReport.Check> checks = EnumSet.of(VerifyReport.Check.ARCHIVE_PRESENT);
        backup.requirePromisedSize();
        boolean promised = backup.manifest().isPresent();
        if (promised) {
            checks.addAll(Set.of(VerifyReport.Check.MANIFEST_INTACT, VerifyReport.Check.SIZE));
        }
        boolean tree = promised && backup.manifest().get().kind() == BackupKind.INCREMENTAL;
        if (tree) {
            PackChecks.requireListed(storage, backup.manifest().get());
            checks.add(VerifyReport.Check.PACKS_PRESENT);
        }
        StoredContents contents =
                level == VerifyLevel.DRILL ? drill.run(backup, scratch, listener) : reader.verify(backup, listener);
        checks.add(VerifyReport.Check.STRUCTURE);
        if (promised) {
            checks.addAll(Set.of(VerifyReport.Check.DIGESTS, VerifyReport.Check.COUNTS));
        }
        if (promised && !tree) {
            // Of packs, only what belongs to this backup was read.
            checks.add(VerifyReport.Check.STORED_DIGESTS);
        }
        if (level == VerifyLevel.DRILL) {
            checks.addAll(Set.of(VerifyReport.Check.RESTORED_COUNTS, VerifyReport.Check.RESTORED_CONTENT));
        }
        return new Outcome(checks, contents.databases());
    }
}
