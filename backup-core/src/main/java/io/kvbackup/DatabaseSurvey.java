package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a listing tells of one database. */
final class DatabaseSurvey {
    private final String database;
    private final boolean live;
    private final Instant now;
    private final HeldDatabases held;

    DatabaseSurvey(String database, boolean live, Instant now, HeldDatabases held) {
        this.database = database;
        this.live = live;
        this.now = now;
        this.held = held;
    }

    /** @param newestFirst all backups */
    DatabaseHealth of(List<Backup> newestFirst) throws IOException {
        List<Backup> own = new ArrayList<>();
        int looks = HeldDatabases.LOOKS;
        for (Backup backup : newestFirst) {
            if (!backup.hasManifest()) {
                continue;
            }
            if (backup.database().equals(database)) {
                own.add(backup);
            } else if (backup.isOfAllDatabases()
                    && looks-- > 0
                    && held.of(backup).contains(database)) {
                own.add(backup);
            }
        }
        Optional<Backup> newest = own.stream().findFirst();
        return new DatabaseHealth(
                database,
                live,
                newest,
                newest.map(backup -> age(backup.timestamp())),
                last(own, VerifyLevel.DIGEST),
                last(own, VerifyLevel.DRILL),
                own.stream().filter(DatabaseSurvey::isDamaged).findFirst());
    }

    private Duration age(Instant stamp) {
        return stamp.isAfter(now) ? Duration.ZERO : Duration.between(stamp, now);
    }

    private static Optional<Verification> last(List<Backup> backups, VerifyLevel atLeast) {
        return backups.stream()
                .flatMap(backup -> backup.marks().verifications().stream())
                .filter(verification ->
                        verification.passed() && verification.level().compareTo(atLeast) >= 0)
                .max(Comparator.comparing(Verification::at));
    }

    private static boolean isDamaged(Backup backup) {
        return backup.marks().lastVerification().filter(last -> !last.passed()).isPresent();
    }
}
