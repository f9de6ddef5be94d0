package io.kvbackup.repository.archive;

import io.kvbackup.claim.PrivateFiles;
import io.kvbackup.claim.TemporaryFolder;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.repository.BackupCommit;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.SealingKey;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.UploadTime;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageClient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Writes backups: the archive first, then the manifest that makes it one. Safe for use by several threads. */
public final class BackupWriter {
    /** Another process may take the same name; its stamps move on as ours do, so a few attempts are plenty. */
    private static final int NAME_ATTEMPTS = 5;

    private final StorageClient storage;
    private final BackupKeys keys;
    private final Clock clock;
    private final BackupTimestamps timestamps;
    private final Executor executor;
    private final LongSupplier nanoTime;

    /** @param executor runs one task beside each backup; must be able to start it at once */
    public BackupWriter(StorageClient storage, BackupKeys keys, Clock clock, LongSupplier nanoTime, Executor executor) {
        this.storage = storage;
        this.keys = keys;
        this.clock = clock;
        this.timestamps = new BackupTimestamps(storage);
        this.nanoTime = nanoTime;
        this.executor = executor;
    }

    /**
     * What to write.
     *
     * @param folder database name, or {@code full}
     * @param databases which it holds; it gets a later stamp than other backups of theirs
     * @param shape one bare database, or all with a summary
     * @param chain format and transforms
     * @param spool folder for a temporary file: the archive is written there, the snapshots are closed, and only then the
     *     upload starts; empty to upload while scanning
     * @param tags names for the backup, in place before it exists
     * @param listener told of the scan
     * @param mayCommit asked just before the manifest makes the archive a backup
     */
    public record Request(
            String folder,
            Collection<String> databases,
            ArchiveShape shape,
            FormatChain chain,
            Optional<Path> spool,
            Set<String> tags,
            ProgressListener listener,
            CommitCheck mayCommit) {}

    /** Opens the snapshots to write. */
    public interface SnapshotSource {
        SnapshotGroup open() throws IOException;
    }

    /** Writes one backup. The store is asked for earlier ones before the snapshots, and any locks they hold, are taken. */
    public Backup write(Request request, SnapshotSource source) throws IOException {
        BackupTimestamps.Earlier earlier = earlier(timestamps, request);
        if (request.spool().isPresent()) {
            return underFreeName(request, () -> {
                try (SpooledArchive archive = spool(request, request.spool().get(), source, earlier.newest())) {
                    return archive.putInto(storage, startUpload(), earlier);
                }
            });
        }
        try (SnapshotGroup snapshots = source.open()) {
            return underFreeName(request, () -> upload(request, snapshots, earlier));
        }
    }

    private interface Attempt {
        Backup run() throws IOException;
    }

    /** Writes under another name if somebody else has taken the first; the next stamp is later in any case. */
    private static Backup underFreeName(Request request, Attempt each) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return each.run();
            } catch (PreconditionFailedException e) {
                if (attempt == NAME_ATTEMPTS) {
                    throw e;
                }
                // A lease that was lost fails in the same way, and no other name helps.
                request.mayCommit().run();
            }
        }
    }

    /** What a store holds of the same databases. */
    BackupTimestamps.Earlier earlier(StorageClient store, Request request) throws IOException {
        return earlier(new BackupTimestamps(store), request);
    }

    private BackupTimestamps.Earlier earlier(BackupTimestamps stamps, Request request) throws IOException {
        return stamps.newestSince(clock.instant(), request.folder(), request.databases());
    }

    private Backup upload(Request request, SnapshotGroup snapshots, BackupTimestamps.Earlier earlier)
            throws IOException {
        BackupName name = name(request, snapshots, earlier.newest());
        Optional<SealingKey> key = key(name);
        UploadTime time = startUpload();
        try {
            ArchiveEncoding encoding = encoding(request, name, key, snapshots);
            Manifest manifest = new EncodedUpload(storage, name.objectName()).run(encoding);
            return new BackupCommit(storage, name, earlier.notes())
                    .confirm(manifest, sealed(manifest, key), request.tags(), request.mayCommit(), time);
        } finally {
            key.ifPresent(used -> used.data().destroy());
        }
    }

    private BackupName name(Request request, SnapshotGroup snapshots, Instant newest) throws IOException {
        return BackupName.of(request.folder(), timestamps.next(snapshots.opened(), newest), request.chain())
                .requireReadable();
    }

    private byte[] sealed(Manifest manifest, Optional<SealingKey> key) throws IOException {
        return key.isPresent() ? keys.encode(manifest, key.get()) : ManifestJson.encode(manifest);
    }

    /** Begins to watch how long an upload takes. */
    UploadTime startUpload() {
        return UploadTime.start(clock, nanoTime);
    }

    /** Writes an archive into a temporary file, and lets go of the snapshots. */
    SpooledArchive spool(Request request, Path folder, SnapshotSource source, Instant newest) throws IOException {
        PrivateFiles.createFolders(folder);
        TemporaryFolder temporary = TemporaryFolder.create(folder, "spool");
        Path file = SpooledArchive.fileIn(temporary);
        try (SnapshotGroup snapshots = source.open()) {
            BackupName name = name(request, snapshots, newest);
            Optional<SealingKey> key = key(name);
            try (OutputStream out = new BufferedOutputStream(PrivateFiles.newFile(file), 1 << 16)) {
                ArchiveEncoding encoding = encoding(request, name, key, snapshots);
                encoding.writeTo(out);
                Manifest manifest = encoding.manifest();
                return new SpooledArchive(
                        name, temporary, manifest, sealed(manifest, key), request.tags(), request.mayCommit());
            } finally {
                key.ifPresent(used -> used.data().destroy());
            }
        } catch (IOException | RuntimeException | Error e) {
            Closeables.closeAfter(e, temporary);
            throw e;
        }
    }

    private Optional<SealingKey> key(BackupName name) throws IOException {
        boolean encrypted = name.chain().transforms().isEncrypted();
        return encrypted ? Optional.of(keys.create(name.objectName())) : Optional.empty();
    }

    private ArchiveEncoding encoding(
            Request request, BackupName name, Optional<SealingKey> key, SnapshotGroup snapshots) {
        TransformContext plain = TransformContext.of(name.objectName());
        return new ArchiveEncoding(
                name,
                key.map(sealing -> plain.withKey(sealing.data())).orElse(plain),
                request.shape(),
                snapshots.all(),
                executor,
                manifest -> sealed(manifest, key),
                open -> meter(open, request.listener()));
    }

    private ProgressMeter meter(List<DatabaseSnapshot> snapshots, ProgressListener listener) {
        long[] total = {0};
        for (DatabaseSnapshot snapshot : snapshots) {
            OptionalLong estimate = snapshot.estimatedEntries();
            total[0] = estimate.isEmpty() || total[0] < 0 ? -1 : total[0] + estimate.getAsLong();
        }
        ProgressMeter[] meter = new ProgressMeter[1];
        meter[0] = new ProgressMeter(
                listener, nanoTime, () -> total[0] <= 0 ? -1 : (double) meter[0].entries() / total[0]);
        return meter[0];
    }
}
