package io.kvbackup.verify;

import io.kvbackup.database.Database;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.ArchiveContents;
import io.kvbackup.repository.ProgressMeter;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.restore.BackupRestore;
import io.kvbackup.restore.RestoreScope;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Restores a backup into databases that exist for nothing else, and reads them back: proof that it restores, which reading
 * the archive alone is not. Safe for use by several threads.
 */
final class RestoreDrill {
    private final BackupRestore restore;
    private final LongSupplier nanoTime;
    private final Predicate<Database> isLive;

    /** @param isLive tells the host's own databases, into which no drill restores */
    RestoreDrill(BackupRestore restore, LongSupplier nanoTime, Predicate<Database> isLive) {
        this.restore = restore;
        this.nanoTime = nanoTime;
        this.isLive = isLive;
    }

    /**
     * Where to restore to.
     *
     * @param factory makes the databases
     * @param inMemory bytes of content, and some for each entry, that those in memory may take
     */
    record Scratch(ScratchFactory factory, long inMemory) {}

    /**
     * Restores and reads back.
     *
     * @return what the backup holds
     * @throws io.kvbackup.model.CorruptBackupException if the archive is damaged, or the scratch database gives back anything
     *     else than the archive holds
     */
    ArchiveContents run(StoredBackup backup, Scratch scratch, ProgressListener listener) throws IOException {
        DrillBudget budget = new DrillBudget(backup.name().objectName(), scratch.inMemory());
        ArchiveContents survey = restore.survey(backup);
        HalfwayProgress progress = new HalfwayProgress(listener);
        Map<String, DigestingDatabase> restored = new LinkedHashMap<>();
        try (ScratchDatabases databases = new ScratchDatabases(scratch.factory(), isLive)) {
            for (DatabaseContents contents : survey.databases()) {
                Database database = databases.create(contents.header());
                DrillBudget its = database instanceof MapDatabase ? budget : DrillBudget.unlimited();
                restored.put(contents.header().name(), new DigestingDatabase(database, its));
            }
            if (databases.areInMemory() && backup.manifest().isPresent()) {
                budget.requireRoomFor(backup.manifest().get());
            }
            RestoreScope everything = new RestoreScope(Set.of(), KeyRange.all());
            restore.run(backup, survey, Map.copyOf(restored), everything, names -> {}, false, progress::firstHalf);
            double total = Math.max(1, survey.entryCount());
            ProgressMeter[] meter = new ProgressMeter[1];
            meter[0] = new ProgressMeter(progress::secondHalf, nanoTime, () -> meter[0].entries() / total);
            new DrillComparison(backup, survey, meter[0]).compare(restored);
            return survey;
        }
    }
}
