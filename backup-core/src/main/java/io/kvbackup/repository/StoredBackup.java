package io.kvbackup.repository;

import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.Fidelity;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.Room;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.StorageObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A backup that was found in the store.
 *
 * @param name what the object name tells
 * @param archive the version of the archive that was found; reads are pinned to it
 * @param manifest what was promised of it, if there is a manifest
 * @param marks what is remembered beside it
 * @param context what the archive's transforms need in order to be undone
 */
public record StoredBackup(
        BackupName name,
        StorageObject archive,
        Optional<Manifest> manifest,
        BackupMarks marks,
        TransformContext context) {
    /** The public view. */
    public Backup describe() {
        return name.describe(archive, manifest.isPresent(), manifest.map(StoredBackup::contents), marks);
    }

    static BackupContents contents(Manifest manifest) {
        long own = 0;
        long shared = 0;
        for (PackRecord pack : manifest.packs()) {
            // A pack's name tells when it was begun: after the snapshot, if this backup has written it.
            boolean ours = packStamp(pack)
                            .compareTo(BackupName.stamp(manifest.metadata().timestamp()))
                    >= 0;
            own += ours ? pack.stored().bytes() : 0;
            shared += ours ? 0 : pack.live();
        }
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        manifest.databases().forEach(each -> counts.put(each.header().name(), each.entryCounts()));
        return new BackupContents(
                manifest.metadata(),
                manifest.databases().stream().map(DatabaseContents::header).toList(),
                counts,
                manifest.stored().sha256(),
                manifest.plain().bytes(),
                manifest.stored().bytes() + own,
                shared,
                manifest.changedEntries() == null ? OptionalLong.empty() : OptionalLong.of(manifest.changedEntries()),
                manifest.writer());
    }

    private static String packStamp(PackRecord pack) {
        return pack.name().substring(pack.name().lastIndexOf('/') + 1);
    }

    /** @throws CorruptBackupException if the archive has another size than its manifest says */
    public void requirePromisedSize() throws CorruptBackupException {
        if (manifest.isPresent() && manifest.get().stored().bytes() != archive.size()) {
            throw new CorruptBackupException("archive " + name.objectName() + " has " + archive.size()
                    + " bytes, its manifest says " + manifest.get().stored().bytes());
        }
    }

    /** An archive of ours keeps every byte; what other software wrote may be pretty-printed. */
    public Fidelity fidelity() {
        return manifest.isPresent() ? Fidelity.VERBATIM : Fidelity.COMPACT;
    }

    /** Without a manifest nobody has said how long anything in the archive is. */
    public Room room() {
        return manifest.isPresent()
                ? Room.UNLIMITED
                : Room.ofHeap(Runtime.getRuntime().maxMemory());
    }

    /** The databases that the manifest names; empty without a manifest. */
    List<DatabaseContents> promised() {
        return manifest.map(Manifest::databases).orElse(List.of());
    }
}
