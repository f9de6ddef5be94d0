package io.kvbackup;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.job.JobContext;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.MergedEntries;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.SetReader;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import io.kvbackup.repository.tree.TreePair;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Reads what backups hold, without restoring it. */
final class BackupReads {
    private final StorageClient storage;
    private final BackupCatalog catalog;
    private final BackupReader reader;

    BackupReads(StorageClient storage, BackupCatalog catalog, BackupReader reader) {
        this.storage = storage;
        this.catalog = catalog;
        this.reader = reader;
    }

    FullBackup all(String objectName, ProgressListener listener) throws IOException {
        StoredBackup backup = catalog.find(objectName);
        FullBackup.Collector collector = new FullBackup.Collector();
        reader.read(backup, ReadScope.EVERYTHING, collector, listener);
        return collector.result(backup.name().timestamp());
    }

    EntryCursor open(String objectName, String database, String set, KeyRange keys) throws IOException {
        return reader.open(catalog.find(objectName), database, set, keys);
    }

    Backup convert(String objectName, BackupKind kind, BackupTaker backups, JobContext job) throws IOException {
        return backups.convert(catalog.find(objectName), reader, kind, job);
    }

    BackupDiff diff(String before, String after) throws IOException {
        StoredBackup first = catalog.find(before);
        StoredBackup second = catalog.find(after);
        StoredContents earlier = reader.contents(first);
        StoredContents later = reader.contents(second);
        Set<String> databases = BackupDiff.comparable(before, earlier, after, later);
        Optional<TreePair> trees =
                isTree(first) && isTree(second) ? TreePair.open(storage, first, second) : Optional.empty();
        if (trees.isPresent()) {
            return new BackupDiff(databases, earlier, later, trees.get()::differences, trees.get());
        }
        return new BackupDiff(
                databases, earlier, later, (database, set) -> compared(first, second, database, set), () -> {});
    }

    private static boolean isTree(StoredBackup backup) {
        return backup.name().chain().kind() == BackupKind.INCREMENTAL;
    }

    /** Entry by entry: of an archive, or of trees that were cut differently, nothing can be passed over. */
    private MergedEntries compared(StoredBackup before, StoredBackup after, String database, String set)
            throws IOException {
        EntryCursor first = openIfThere(before, database, set);
        try {
            return new MergedEntries(first, openIfThere(after, database, set), MergedEntries.Skip.NOTHING);
        } catch (IOException | RuntimeException e) {
            Closeables.closeAfter(e, first);
            throw e;
        }
    }

    private EntryCursor openIfThere(StoredBackup backup, String database, String set) throws IOException {
        for (DatabaseContents each : reader.contents(backup).databases()) {
            if (each.header().name().equals(database) && each.entryCounts().containsKey(set)) {
                return reader.open(backup, database, set, KeyRange.all());
            }
        }
        return EntryCursor.empty();
    }

    /** @return how many entries the visitor was given */
    long entries(
            String objectName, String database, String set, KeyRange keys, EntryVisitor to, ProgressListener listener)
            throws IOException {
        long[] count = {0};
        EntryVisitor counting = (key, value) -> {
            to.visit(key, value);
            count[0]++;
        };
        new SetReader(reader).read(catalog.find(objectName), database, set, keys, counting, listener);
        return count[0];
    }
}
