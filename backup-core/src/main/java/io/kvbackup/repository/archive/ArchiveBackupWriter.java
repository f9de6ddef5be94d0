package io.kvbackup.repository.archive;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.Manifest;
import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.NewBackup;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.StorageClient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Writes backups of kind FULL: an archive and its manifest. */
public final class ArchiveBackupWriter implements BackupWriter {
    private final NewBackups backups;
    private final SeveralStores several;
    private final Executor executor;

    /** @param executor runs one task beside each backup; must be able to start it at once */
    public ArchiveBackupWriter(NewBackups backups, SeveralStores several, Executor executor) {
        this.backups = backups;
        this.several = several;
        this.executor = executor;
    }

    @Override
    public Backup write(Request request, SnapshotSource source) throws IOException {
        BackupTimestamps.Earlier earlier = backups.earlier(request);
        StorageClient storage = backups.storage();
        if (request.unlessEqual().isPresent() && isEqual(request.unlessEqual().get(), request, source)) {
            return request.unlessEqual().get().describe();
        }
        if (request.spool()) {
            return NewBackups.underFreeName(request, () -> {
                try (SpooledArchive archive = spool(request, source, earlier.newest())) {
                    return archive.putInto(storage, backups.startUpload(), earlier);
                }
            });
        }
        try (SnapshotGroup snapshots = source.open()) {
            return NewBackups.underFreeName(request, () -> upload(request, snapshots, earlier));
        }
    }

    @Override
    public Map<String, StoreOutcome> write(Request request, SnapshotSource source, Map<String, StorageClient> stores)
            throws IOException {
        Map<String, BackupTimestamps.Earlier> earlier =
                several.earlier(request, stores, store -> backups.earlier(store, request));
        try (SpooledArchive archive = spool(request, source, SeveralStores.newest(earlier.values()))) {
            return several.serve(
                    stores,
                    (name, store) ->
                            archive.putInto(store, backups.startUpload(), Objects.requireNonNull(earlier.get(name))));
        }
    }

    /** Whether a backup holds what the databases hold now, if it was written in the same way. */
    private boolean isEqual(StoredBackup newest, Request request, SnapshotSource source) throws IOException {
        Manifest manifest = newest.manifest().orElseThrow();
        try (SnapshotGroup snapshots = source.open()) {
            List<String> names = new ArrayList<>();
            snapshots.all().forEach(snapshot -> names.add(snapshot.header().name()));
            ArchiveEncoding again = new ArchiveEncoding(
                    newest.name(),
                    newest.context(),
                    manifest.writer(),
                    request,
                    snapshots,
                    executor,
                    unsealed -> new byte[0],
                    open -> backups.meter(open, request.listener()));
            List<String> before = manifest.databases().stream()
                    .map(contents -> contents.header().name())
                    .toList();
            return manifest.shape() == request.shape()
                    && names.equals(before)
                    && again.plainDigest().equals(manifest.plain());
        }
    }

    private Backup upload(Request request, SnapshotGroup snapshots, BackupTimestamps.Earlier earlier)
            throws IOException {
        StorageClient storage = backups.storage();
        try (NewBackup backup = backups.begin(request, snapshots.opened(), earlier.newest())) {
            UploadTime time = backups.startUpload();
            ArchiveEncoding encoding = encoding(request, backup, snapshots);
            Manifest manifest = new EncodedUpload(storage, backup.name().objectName()).run(encoding);
            return new BackupCommit(storage, backup.name(), earlier.notes())
                    .confirm(manifest, backup.seal(manifest), request.tags(), request.mayCommit(), time);
        }
    }

    /** Writes an archive into a temporary file, and lets go of the snapshots. */
    private SpooledArchive spool(Request request, SnapshotSource source, Instant newest) throws IOException {
        PrivateFiles.createFolders(request.temporary());
        TemporaryFolder temporary = TemporaryFolder.create(request.temporary(), "spool");
        Path file = SpooledArchive.fileIn(temporary);
        try (SnapshotGroup snapshots = source.open();
                NewBackup backup = backups.begin(request, snapshots.opened(), newest);
                OutputStream out = new BufferedOutputStream(PrivateFiles.newFile(file), 1 << 16)) {
            ArchiveEncoding encoding = encoding(request, backup, snapshots);
            encoding.writeTo(out);
            Manifest manifest = encoding.manifest();
            return new SpooledArchive(
                    backup.name(), temporary, manifest, backup.seal(manifest), request.tags(), request.mayCommit());
        } catch (IOException | RuntimeException | Error e) {
            Closeables.closeAfter(e, temporary);
            throw e;
        }
    }

    private ArchiveEncoding encoding(Request request, NewBackup backup, SnapshotGroup snapshots) {
        return new ArchiveEncoding(
                backup.name(),
                backup.context(),
                Optional.of(backup.writer()),
                request,
                snapshots,
                executor,
                backup::seal,
                open -> backups.meter(open, request.listener()));
    }
}
