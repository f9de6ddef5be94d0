package io.kvbackup.verify;

import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.Ints;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
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

    /**
     * Chooses.
     *
     * @param newestFirst all backups, as listed
     * @return positions in that list
     */
    Ints of(List<Backup> newestFirst) {
        Set<String> seen = new HashSet<>();
        BitSet newest = new BitSet();
        Ints due = new Ints();
        int position = 0;
        for (Backup backup : newestFirst) {
            newest.set(position, backup.hasManifest() && backup.credible() && seen.add(backup.database()));
            if (!lastTried(backup).isAfter(before)) {
                due.add(position);
            }
            position++;
        }
        due.sort((a, b) -> {
            int byNewest = Boolean.compare(newest.get(b), newest.get(a));
            return byNewest != 0 ? byNewest : lastTried(newestFirst.get(a)).compareTo(lastTried(newestFirst.get(b)));
        });
        return due;
    }

    /**
     * When the backup was last verified as thoroughly as is wanted now. What was found damaged is not looked at again
     * before its time: it is known. A verification from the future counts for nothing, or the backup would not be due
     * for years.
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
