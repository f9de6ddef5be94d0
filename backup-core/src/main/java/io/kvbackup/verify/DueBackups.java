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

/**
 * Chooses which backups to verify, and in which order: first those that a restore would take today, then those that
 * have waited longest.
 */
final class DueBackups {
    private final VerifyLevel level;
    private final Instant now;
    private final Instant before;

    /** @param notFor a backup is due if its last verification ended this long ago */
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
     * When the backup was last verified at this level or a higher one. A backup that was found damaged is not verified
     * again before it is due: the damage is known. A verification from the future does not count; otherwise the backup
     * would not be due for years.
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
