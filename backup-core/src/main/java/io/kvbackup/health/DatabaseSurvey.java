package io.kvbackup.health;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.HeldDatabases;
import io.kvbackup.repository.StoreClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects what a listing, newest first, tells about one database. Used by one thread. */
final class DatabaseSurvey {
    private final String database;
    private final boolean live;
    private final Instant now;
    private final StoreClock clock;
    private final HeldDatabases held;
    private final Comparator<Verification> byTime;
    private final List<String> doubtful = new ArrayList<>();
    private int looks = HeldDatabases.LOOKS;
    private @Nullable Backup newest;
    private @Nullable Backup credible;
    private @Nullable Backup good;
    private @Nullable Backup damaged;
    private @Nullable Verification verified;
    private @Nullable Verification drilled;

    DatabaseSurvey(String database, boolean live, Instant now, StoreClock clock, HeldDatabases held) {
        this.database = database;
        this.live = live;
        this.now = now;
        this.clock = clock;
        this.held = held;
        this.byTime = Comparator.comparing((Verification each) -> Backup.isCredible(each.at(), now))
                .thenComparing(Verification::at);
    }

    /** Takes the next older backup. */
    void take(Backup backup) throws IOException {
        if (!backup.hasManifest() || !isOwn(backup)) {
            return;
        }
        newest = newest == null ? backup : newest;
        damaged = damaged == null && backup.marks().isDamaged() ? backup : damaged;
        if (isCredible(backup)) {
            credible = credible == null ? backup : credible;
            good = good == null && backup.isGood() ? backup : good;
        } else if (doubtful.size() < Health.OfDatabase.DOUBTFUL) {
            doubtful.add(backup.objectName());
        }
        for (Verification each : backup.marks().verifications()) {
            verified = later(verified, each, VerifyLevel.DIGEST);
            drilled = later(drilled, each, VerifyLevel.DRILL);
        }
    }

    private boolean isOwn(Backup backup) throws IOException {
        return backup.database().equals(database)
                || (backup.isOfAllDatabases() && looks-- > 0 && held.of(backup).contains(database));
    }

    /** The result, after the last backup was taken. */
    Health.OfDatabase found() {
        Optional<Backup> shown = Optional.ofNullable(credible == null ? newest : credible);
        return new Health.OfDatabase(
                database,
                live,
                shown,
                shown.map(backup -> age(backup.timestamp())),
                Optional.ofNullable(verified),
                Optional.ofNullable(drilled),
                Optional.ofNullable(damaged),
                Optional.ofNullable(good),
                doubtful);
    }

    /** Also by this host's clock, which people look at: if this clock is wrong, they should know. */
    private boolean isCredible(Backup backup) {
        return clock.isCredible(backup) && Backup.isCredible(backup.timestamp(), now);
    }

    private Duration age(Instant stamp) {
        return stamp.isAfter(now) ? Duration.ZERO : Duration.between(stamp, now);
    }

    private @Nullable Verification later(@Nullable Verification last, Verification next, VerifyLevel atLeast) {
        if (!next.passed() || next.level().compareTo(atLeast) < 0) {
            return last;
        }
        return last == null || byTime.compare(last, next) < 0 ? next : last;
    }
}
