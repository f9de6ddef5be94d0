package io.kvbackup;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Chooses which backups to verify, and in which order: what would be restored today first, then what waits longest. */
final class DueBackups {
    private final VerifyLevel level;
    private final Instant now;
    private final Instant before;

    /** @param notFor a backup whose last verification ended so long ago is due */
    DueBackups(VerifyLevel level, Instant now, Duration notFor) {
        this.level = level;
        this.now = now;
        this.before = now.minus(notFor);
    }

    /** @param newestFirst all backups, as listed */
    List<Backup> of(Collection<Backup> newestFirst) {
        Set<String> seen = new HashSet<>();
        Set<Backup> newest = new HashSet<>();
        newestFirst.stream()
                .filter(Backup::hasManifest)
                .filter(Backup::credible)
                .filter(backup -> seen.add(backup.database()))
                .forEach(newest::add);
        return newestFirst.stream()
                .filter(backup -> !lastTried(backup).isAfter(before))
                .sorted(Comparator.comparing((Backup backup) -> !newest.contains(backup))
                        .thenComparing(this::lastTried))
                .toList();
    }

    /**
     * When the backup was last verified as thoroughly as is wanted now. What was found damaged is not looked at again before
     * its time: it is known. A verification from the future counts for nothing, or the backup would not be due for years.
     */
    private Instant lastTried(Backup backup) {
        return backup.marks().verifications().stream()
                .filter(verification -> verification.level().compareTo(level) >= 0)
                .map(Verification::at)
                .filter(at -> Backup.isCredible(at, now))
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }
}
