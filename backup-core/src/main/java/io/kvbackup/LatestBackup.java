package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.repository.BackupCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the newest backup from which a database can be restored. */
final class LatestBackup {
    private final BackupCatalog catalog;

    LatestBackup(BackupCatalog catalog) {
        this.catalog = catalog;
    }

    Optional<Backup> of(String database) throws IOException {
        List<Backup> own = catalog.list(database);
        List<Backup> confirmed = Stream.concat(own.stream(), catalog.list(Backup.ALL_DATABASES).stream())
                .filter(Backup::hasManifest)
                .sorted(Backup.NEWEST_FIRST)
                .toList();
        for (Backup backup : confirmed) {
            if (!backup.isOfAllDatabases() || holds(backup, database)) {
                return Optional.of(backup);
            }
        }
        return own.stream().findFirst();
    }

    private boolean holds(Backup backup, String database) throws IOException {
        Optional<BackupContents> contents =
                catalog.find(backup.objectName()).describe().contents();
        return contents.isPresent()
                && contents.get().databases().stream()
                        .anyMatch(header -> header.name().equals(database));
    }
}
