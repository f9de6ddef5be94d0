package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupCatalog;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Lists the backups from which a database might be restored, the one to prefer first. */
final class LatestBackup {
    private static final Comparator<Backup> CONFIRMED_THEN_NEWEST =
            Comparator.comparing(Backup::hasManifest).reversed().thenComparing(Backup.NEWEST_FIRST);

    private final BackupCatalog catalog;

    LatestBackup(BackupCatalog catalog) {
        this.catalog = catalog;
    }

    /** Backups of the database and of all databases; whether one of the latter holds this one is not known yet. */
    List<Backup> of(String database) throws IOException {
        return Stream.concat(catalog.list(database).stream(), catalog.list(Backup.ALL_DATABASES).stream())
                .sorted(CONFIRMED_THEN_NEWEST)
                .toList();
    }
}
