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

    /**
     * Backups of the database and of all databases; whether one of the latter holds this one is not known yet. Those whose
     * archive is gone too: who is given an older one instead must be told.
     */
    List<Backup> of(String database) throws IOException {
        BackupCatalog.Survey own = catalog.survey(database);
        BackupCatalog.Survey ofAll = catalog.survey(Backup.ALL_DATABASES);
        return Stream.of(own.backups(), own.lost(), ofAll.backups(), ofAll.lost())
                .flatMap(List::stream)
                .sorted(CONFIRMED_THEN_NEWEST)
                .toList();
    }
}
