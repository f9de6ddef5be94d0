package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.StoreClock;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the backups from which a database can be restored, the best one first. */
final class LatestBackup {
    private static final Logger LOG = LoggerFactory.getLogger(LatestBackup.class);

    private final BackupCatalog catalog;
    private final Supplier<StoreClock> clock;

    LatestBackup(BackupCatalog catalog, Supplier<StoreClock> clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * Backups of the database and of all databases; whether one of the latter holds this one is not known yet. Also
     * lists those whose archive is gone, so that nobody gets an older one unasked.
     *
     * @param skipDamaged leaves out those, and the ones that are known as damaged
     */
    List<Backup> of(String database, boolean skipDamaged) throws IOException {
        BackupCatalog.Survey survey = catalog.survey(database);
        List<Backup> lost = skipDamaged ? List.of() : survey.lost();
        Ints positions = new Ints();
        for (int i = 0; i < lost.size(); i++) {
            positions.add(-1 - i);
        }
        int position = 0;
        for (Backup backup : survey.backups()) {
            if (isRestorable(backup) && (!skipDamaged || isUsable(backup))) {
                positions.add(position);
            }
            if (!backup.credible()) {
                LOG.warn(
                        "restoreLatest prefers others to {}: its stamp is ahead of the store's clock, and nobody "
                                + "knows how old it is; restoreDatabase restores it by name",
                        backup.objectName());
            }
            position++;
        }
        Comparator<Backup> preference = preference();
        IntFunction<Backup> at =
                i -> i < 0 ? lost.get(-1 - i) : survey.backups().get(i);
        positions.sort((a, b) -> preference.compare(at.apply(a), at.apply(b)));
        return BackupTable.pick(positions, at);
    }

    /**
     * Only the manifest says which packs the document of an incremental backup needs: its writer has died, or goes on.
     */
    private static boolean isRestorable(Backup backup) {
        return backup.hasManifest() || backup.kind() == BackupKind.FULL;
    }

    private static boolean isUsable(Backup backup) {
        if (backup.marks().isDamaged()) {
            LOG.warn("restoreLatest passes over {}, which is known as damaged", backup.objectName());
        }
        return !backup.marks().isDamaged();
    }

    /** Confirmed ones first, then those whose stamp can be believed, then the newest. */
    private Comparator<Backup> preference() {
        StoreClock now = clock.get();
        return Comparator.comparing(Backup::hasManifest)
                .thenComparing(now::isCredible)
                .thenComparing(Backup::credible)
                .reversed()
                .thenComparing(Backup.NEWEST_FIRST);
    }
}
