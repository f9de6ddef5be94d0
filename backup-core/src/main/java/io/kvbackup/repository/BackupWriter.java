package io.kvbackup.repository;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.Manifest;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Writes backups: the archive first, then the manifest that makes it one. Safe for use by several threads. */
public final class BackupWriter {
    /** Another process may take the same name; its stamps move on as ours do, so a few attempts are plenty. */
    private static final int NAME_ATTEMPTS = 5;

    private final StorageClient storage;
    private final BackupTimestamps timestamps;
    private final Executor executor;
    private final LongSupplier nanoTime;

    /** @param executor runs one task beside each backup; must be able to start it at once */
    public BackupWriter(StorageClient storage, Clock clock, LongSupplier nanoTime, Executor executor) {
        this.storage = storage;
        this.timestamps = new BackupTimestamps(storage, clock);
        this.nanoTime = nanoTime;
        this.executor = executor;
    }

    /**
     * What to write.
     *
     * @param folder database name, or {@code full}
     * @param shape one bare database, or all with a summary
     * @param chain format and transforms
     * @param spool folder for a temporary file: the archive is written there, the snapshots are closed, and only then the
     *     upload starts; empty to upload while scanning
     * @param listener told of the scan
     */
    public record Request(
            String folder, ArchiveShape shape, FormatChain chain, Optional<Path> spool, ProgressListener listener) {}

    /** Writes one backup of the given snapshots, and closes them. */
    public Backup write(Request request, SnapshotGroup snapshots) throws IOException {
        try (snapshots) {
            for (int attempt = 1; ; attempt++) {
                BackupName name = BackupName.of(request.folder(), timestamps.next(request.folder()), request.chain());
                ArchiveEncoding encoding = new ArchiveEncoding(
                        name, request.shape(), snapshots.all(), executor, open -> meter(open, request.listener()));
                try {
                    if (request.spool().isPresent()) {
                        return spool(name, encoding, snapshots, request.spool().get());
                    }
                    storage.upload(name.objectName(), encoding, PutCondition.ifAbsent());
                } catch (PreconditionFailedException e) {
                    if (attempt == NAME_ATTEMPTS || snapshots.isClosed()) {
                        throw e;
                    }
                    continue;
                }
                return confirm(name, encoding.manifest());
            }
        }
    }

    private Backup spool(BackupName name, ArchiveEncoding encoding, SnapshotGroup snapshots, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "kvbackup-", ".spool");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
                encoding.writeTo(out);
            }
            snapshots.close();
            ContentWriter copy = ContentWriter.repeatable(out -> Files.copy(file, out));
            storage.upload(name.objectName(), copy, PutCondition.ifAbsent());
            return confirm(name, encoding.manifest());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private Backup confirm(BackupName name, Manifest manifest) throws IOException {
        new ManifestStore(storage).write(manifest);
        return name.describe(manifest.stored().bytes(), true, Optional.of(StoredBackup.contents(manifest)));
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
