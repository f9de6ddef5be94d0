package io.kvbackup.repository;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.Manifest;
import io.kvbackup.format.ManifestJson;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.pipeline.TransformContext;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
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
     * @param relatedFolders where other backups of the same databases lie; the new one gets a later stamp than those
     * @param shape one bare database, or all with a summary
     * @param chain format and transforms
     * @param spool folder for a temporary file: the archive is written there, the snapshots are closed, and only then the
     *     upload starts; empty to upload while scanning
     * @param tags names for the backup, in place before it exists
     * @param listener told of the scan
     */
    public record Request(
            String folder,
            Collection<String> relatedFolders,
            ArchiveShape shape,
            FormatChain chain,
            Optional<Path> spool,
            Set<String> tags,
            ProgressListener listener) {}

    /** Opens the snapshots to write. */
    public interface SnapshotSource {
        SnapshotGroup open() throws IOException;
    }

    /** Writes one backup. The store is asked for earlier ones before the snapshots, and any locks they hold, are taken. */
    public Backup write(Request request, SnapshotSource source) throws IOException {
        Set<String> folders = new LinkedHashSet<>(request.relatedFolders());
        folders.add(request.folder());
        Instant newest = timestamps.newestSince(clock.instant(), folders);
        try (SnapshotGroup snapshots = source.open()) {
            for (int attempt = 1; ; attempt++) {
                Instant stamp = timestamps.next(snapshots.opened(), newest);
                BackupName name = BackupName.of(request.folder(), stamp, request.chain());
                Optional<SealingKey> key = key(name);
                try {
                    ArchiveEncoding encoding = encoding(request, name, key, snapshots);
                    try {
                        upload(encoding, name, snapshots, request.spool());
                    } catch (PreconditionFailedException e) {
                        if (attempt == NAME_ATTEMPTS || snapshots.isClosed()) {
                            throw e;
                        }
                        continue;
                    }
                    return confirm(name, encoding.manifest(), key, request.tags());
                } finally {
                    key.ifPresent(used -> used.data().destroy());
                }
            }
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
                open -> meter(open, request.listener()));
    }

    private void upload(ArchiveEncoding encoding, BackupName name, SnapshotGroup snapshots, Optional<Path> spool)
            throws IOException {
        if (spool.isEmpty()) {
            storage.upload(name.objectName(), encoding, PutCondition.ifAbsent());
            return;
        }
        Files.createDirectories(spool.get());
        Path file = Files.createTempFile(spool.get(), "kvbackup-", ".spool");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                encoding.writeTo(out);
            }
            snapshots.close();
            ContentWriter copy = ContentWriter.repeatable(out -> Files.copy(file, out));
            storage.upload(name.objectName(), copy, PutCondition.ifAbsent());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Tags come before the manifest, so that a backup never exists without those it was to have. */
    private Backup confirm(BackupName name, Manifest manifest, Optional<SealingKey> key, Set<String> tags)
            throws IOException {
        List<Mark.Tag> marks = tags.stream().map(Mark.Tag::new).toList();
        try {
            new MarkStore(storage).prepare(name.objectName(), marks);
            byte[] bytes = key.isPresent() ? keys.encode(manifest, key.get()) : ManifestJson.encode(manifest);
            new ManifestStore(storage).write(name.objectName(), bytes, PutCondition.ifAbsent());
        } catch (IOException e) {
            removeUnconfirmed(name, marks, e);
            throw e;
        }
        requireComplete(name);
        return name.describe(
                manifest.stored().bytes(),
                true,
                Optional.of(StoredBackup.contents(manifest)),
                new BackupMarks(false, tags, List.of()));
    }

    /**
     * A prune takes an archive that has waited for its manifest too long for the remains of a dead writer. It writes a tombstone
     * and then looks for the manifest; this writes the manifest and then looks for a tombstone.
     */
    private void requireComplete(BackupName name) throws IOException {
        BackupObjects objects = BackupObjects.of(storage, name.objectName());
        if (objects.archive().isEmpty() || objects.removed().isPresent()) {
            storage.delete(List.of(BackupName.manifestName(name.objectName())));
            throw new IOException(
                    "backup " + name.objectName() + " in " + storage + " took so long that a prune took its"
                            + " archive for the remains of a dead process; take another, and give prunes a longer grace period");
        }
    }

    /** An archive whose backup has failed must not be taken for one. It stays if the manifest may have arrived after all. */
    private void removeUnconfirmed(BackupName name, List<Mark.Tag> marks, IOException failure) {
        try {
            if (storage.stat(BackupName.manifestName(name.objectName())).isEmpty()) {
                storage.delete(List.of(name.objectName()));
                storage.delete(
                        marks.stream().map(mark -> mark.key(name.objectName())).toList());
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
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
