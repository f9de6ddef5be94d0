package io.kvbackup;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What a manager was built with.
 *
 * @param storage where backups lie
 * @param keys encrypt backups
 * @param databases what is backed up
 * @param barrier keeps writers away while several snapshots are opened
 * @param format archive format and transforms of new backups
 * @param spool whether archives go through a temporary file
 * @param temporaryDirectory where temporary files lie
 * @param clock stamps new backups
 * @param nanoTime measures durations
 * @param executor runs one task beside each backup and restore
 * @param scratch makes databases for drills, if the host has a way
 * @param owned what the manager made itself and closes
 */
record ManagerContext(
        StorageClient storage,
        BackupKeys keys,
        DatabaseRegistry databases,
        SnapshotBarrier barrier,
        FormatChain format,
        boolean spool,
        Path temporaryDirectory,
        Clock clock,
        LongSupplier nanoTime,
        Executor executor,
        Optional<ScratchFactory> scratch,
        List<Closeable> owned) {
    ManagerContext {
        owned = List.copyOf(owned);
    }

    /** Closes what the manager made itself. */
    void close() throws IOException {
        IOException failure = null;
        for (Closeable each : owned) {
            try {
                each.close();
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
