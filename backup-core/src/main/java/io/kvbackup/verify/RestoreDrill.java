package io.kvbackup.verify;

import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.restore.BackupRestore;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Restores a backup into scratch databases and reads them back. That proves that it restores; reading the archive alone
 * does not. Safe for use by several threads.
 */
final class RestoreDrill {
    private final StorageClient storage;
    private final BackupReader reader;
    private final BackupRestore restore;
    private final LongSupplier nanoTime;
    private final Predicate<Database> isLive;

    /** @param isLive tells the host's own databases, into which no drill restores */
    RestoreDrill(StorageClient storage, BackupReader reader, LongSupplier nanoTime, Predicate<Database> isLive) {
        this.storage = storage;
        this.reader = reader;
        this.restore = new BackupRestore(reader);
        this.nanoTime = nanoTime;
        this.isLive = isLive;
    }

    /**
     * Where to restore to.
     *
     * @param factory makes the databases
     * @param inMemory how many bytes the databases in memory may take: content, and some bytes for each entry
     */
    record Scratch(ScratchFactory factory, long inMemory) {}

    /**
     * Restores and reads back.
     *
     * @return what the backup holds
     * @throws io.kvbackup.model.CorruptBackupException if the archive is damaged, or the scratch database gives back
     *     something else than the archive holds
     */
    StoredContents run(StoredBackup backup, Scratch scratch, ProgressListener listener) throws IOException {
        DrillBudget budget = new DrillBudget(backup.name().objectName(), scratch.inMemory());
        StoredContents contents = reader.contents(backup);
        HalfwayProgress progress = new HalfwayProgress(listener);
        Map<String, DigestingDatabase> restored = new LinkedHashMap<>();
        try (ScratchDatabases databases = new ScratchDatabases(scratch.factory(), isLive)) {
            for (DatabaseContents each : contents.databases()) {
                Database database = databases.create(each.header());
                DrillBudget its = database instanceof MapDatabase ? budget : DrillBudget.unlimited();
                restored.put(each.header().name(), new DigestingDatabase(database, its));
            }
            if (databases.areInMemory() && backup.manifest().isPresent()) {
                budget.requireRoomFor(backup.manifest().get());
            }
            restore.run(
                    backup,
                    contents,
                    Map.copyOf(restored),
                    ReadScope.EVERYTHING,
                    names -> {},
                    false,
                    progress::firstHalf);
            double total = Math.max(1, contents.entryCount());
            ProgressMeter[] meter = new ProgressMeter[1];
            meter[0] = new ProgressMeter(progress::secondHalf, nanoTime, () -> meter[0].entries() / total);
            new DrillComparison(storage, backup, contents, meter[0]).compare(restored);
            return contents;
        }
    }
}
