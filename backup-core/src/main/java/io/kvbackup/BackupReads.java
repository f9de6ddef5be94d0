package io.kvbackup;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.restore.SetReader;
import java.io.IOException;

/** Reads what backups hold, without restoring it. */
final class BackupReads {
    private final BackupCatalog catalog;
    private final BackupReader reader;

    BackupReads(BackupCatalog catalog, BackupReader reader) {
        this.catalog = catalog;
        this.reader = reader;
    }

    FullBackup all(String objectName, ProgressListener listener) throws IOException {
        StoredBackup backup = catalog.find(objectName);
        FullBackup.Collector collector = new FullBackup.Collector();
        reader.read(backup, ReadScope.EVERYTHING, collector, listener);
        return collector.result(backup.name().timestamp());
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
