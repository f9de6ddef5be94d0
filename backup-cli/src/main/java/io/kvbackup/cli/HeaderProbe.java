package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Learns what databases and sets a backup holds: from its manifest, or by reading an archive that has none. */
final class HeaderProbe implements DatabaseCatalog {
    private final List<DatabaseBackup> seen = new ArrayList<>();

    /** @param manager has this as its catalog */
    List<DatabaseBackup> headers(BackupManager manager, Backup backup) throws IOException {
        if (backup.contents().isPresent()) {
            return backup.contents().get().databases();
        }
        manager.restoreAllDatabases(
                backup.objectName(),
                RestoreOptions.builder().dryRun(true).allowUnencrypted(true).build());
        return seen;
    }

    @Override
    public Set<String> databaseNames() {
        return Set.of();
    }

    @Override
    public Database database(String name) {
        return new Probe(name);
    }

    @Override
    public void dropDatabase(String name) {}

    private final class Probe implements Database {
        private final String name;

        Probe(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public DatabaseSnapshot openSnapshot() throws IOException {
            throw new NoSuchFileException(name);
        }

        @Override
        public boolean restoreReplacesEntries() {
            return false;
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) {
            seen.add(header);
            return new DatabaseRestore() {
                @Override
                public EntryVisitor set(String set) {
                    return (key, value) -> {};
                }

                @Override
                public void commit() {}

                @Override
                public void close() {}
            };
        }
    }
}
