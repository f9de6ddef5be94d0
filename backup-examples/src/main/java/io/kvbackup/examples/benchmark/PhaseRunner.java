package io.kvbackup.examples.benchmark;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.nio.file.Path;

/** Runs one phase on one database. */
final class PhaseRunner {
    private final Path source;
    private final Path target;
    private final Path naive;
    private final String storage;

    /**
     * @param folder of the database: it lies in {@code source}, what is restored in {@code target}
     * @param storage where backups go
     */
    PhaseRunner(Path folder, String storage) {
        this.source = folder.resolve("source");
        this.target = folder.resolve("target");
        this.naive = folder.resolve("naive.json.gz");
        this.storage = storage;
    }

    void fill(long entries, long seed) throws IOException {
        try (BenchmarkDatabase database = BenchmarkDatabase.open(source)) {
            database.fill(entries, seed);
        }
    }

    Done run(Phase phase) throws IOException {
        return switch (phase) {
            case SCAN -> scan();
            case ADAPTER_SCAN -> adapterScan();
            case NAIVE -> naive();
            case BACKUP, ENCRYPTED_BACKUP ->
                withManager(phase, source, manager -> manager.backupDatabase(BenchmarkDatabase.NAME));
            case VERIFY, ENCRYPTED_VERIFY ->
                withManager(
                        phase,
                        source,
                        manager -> manager.verify(latest(manager).objectName()).backup());
            case RESTORE, ENCRYPTED_RESTORE ->
                withManager(
                        phase,
                        target,
                        manager -> manager.restoreLatest(BenchmarkDatabase.NAME).orElseThrow());
        };
    }

    /**
     * What a phase did.
     *
     * @param entries that passed
     * @param stored bytes in the store
     * @param nanos time, without opening and closing the database
     */
    record Done(long entries, long stored, long nanos) {}

    /** Key and value bytes in the database. */
    long bytes() throws IOException {
        long[] bytes = new long[1];
        try (BenchmarkDatabase database = BenchmarkDatabase.open(source)) {
            database.scan((key, value) -> bytes[0] += key.length + value.length);
        }
        return bytes[0];
    }

    private Done scan() throws IOException {
        long[] entries = new long[1];
        try (BenchmarkDatabase database = BenchmarkDatabase.open(source)) {
            long start = System.nanoTime();
            database.scan((key, value) -> entries[0]++);
            return new Done(entries[0], 0, System.nanoTime() - start);
        }
    }

    /** What a backup starts with: read-ahead and reused buffers make it faster than the bare loop. */
    private Done adapterScan() throws IOException {
        long[] entries = new long[1];
        try (BenchmarkDatabase database = BenchmarkDatabase.open(source)) {
            long start = System.nanoTime();
            try (DatabaseSnapshot snapshot = database.database().openSnapshot()) {
                for (String set : snapshot.header().sets().keySet()) {
                    snapshot.readEntries(set, KeyRange.all(), (key, value) -> entries[0]++);
                }
            }
            return new Done(entries[0], 0, System.nanoTime() - start);
        }
    }

    private Done naive() throws IOException {
        try (BenchmarkDatabase database = BenchmarkDatabase.open(source)) {
            long start = System.nanoTime();
            NaiveBackup.Result result = NaiveBackup.write(database, naive);
            return new Done(result.entries(), result.stored(), System.nanoTime() - start);
        }
    }

    @FunctionalInterface
    private interface Work {
        Backup run(BackupManager manager) throws IOException;
    }

    private static Backup latest(BackupManager manager) throws IOException {
        return manager.listBackups(BenchmarkDatabase.NAME).get(0);
    }

    private BackupManager manager(Phase phase, BenchmarkDatabase database) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder().storage(storage).database(database.database());
        if (!phase.isEncrypted()) {
            return builder.format("cbor.zst").build();
        }
        return builder.format("cbor.zst.enc")
                .encryption(EncryptionKeys.ofRaw("benchmark", new byte[32]))
                .build();
    }

    private Done withManager(Phase phase, Path folder, Work work) throws IOException {
        try (BenchmarkDatabase database = BenchmarkDatabase.open(folder);
                BackupManager manager = manager(phase, database)) {
            long start = System.nanoTime();
            Backup backup = work.run(manager);
            long nanos = System.nanoTime() - start;
            return new Done(backup.metadata().orElseThrow().entryCount(), backup.storedBytes(), nanos);
        }
    }
}
