package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.StoreClock;
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
    private final StoreClock clock;
    private final HeldDatabases held;

    DatabaseSurvey(String database, boolean live, Instant now, StoreClock clock, HeldDatabases held) {
        this.database = database;
        this.live = live;
        this.now = now;
        this.clock = clock;
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
        List<Backup> credible = own.stream().filter(this::isCredible).toList();
        Optional<Backup> newest =
                credible.stream().findFirst().or(() -> own.stream().findFirst());
        return new DatabaseHealth(
                database,
                live,
                newest,
                newest.map(backup -> age(backup.timestamp())),
                last(own, VerifyLevel.DIGEST),
                last(own, VerifyLevel.DRILL),
                own.stream().filter(backup -> backup.marks().isDamaged()).findFirst(),
                credible.stream().filter(Backup::isGood).findFirst(),
                own.stream()
                        .filter(backup -> !isCredible(backup))
                        .map(Backup::objectName)
                        .limit(DatabaseHealth.DOUBTFUL)
                        .toList());
    }

    /** Also by this host's clock, which people look at: if it is the one that is wrong, they are to know. */
    private boolean isCredible(Backup backup) {
        return clock.isCredible(backup) && Backup.isCredible(backup.timestamp(), now);
    }

    private Duration age(Instant stamp) {
        return stamp.isAfter(now) ? Duration.ZERO : Duration.between(stamp, now);
    }

    private Optional<Verification> last(List<Backup> backups, VerifyLevel atLeast) {
        return backups.stream()
                .flatMap(backup -> backup.marks().verifications().stream())
                .filter(verification ->
                        verification.passed() && verification.level().compareTo(atLeast) >= 0)
                .max(Comparator.comparing((Verification each) -> Backup.isCredible(each.at(), now))
                        .thenComparing(Verification::at));
    }
}
