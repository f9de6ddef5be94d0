package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Collects the reasons to keep each backup of one database. Used by one thread. */
final class RetentionReasons {
    private final List<Backup> all;
    private final Predicate<Backup> credible;
    /** Those with a manifest and a credible stamp, newest first: what rules judge. */
    private final List<Backup> judged;

    private final Map<String, List<String>> reasons = new HashMap<>();

    RetentionReasons(List<Backup> newestFirst, Predicate<Backup> credible) {
        this.all = newestFirst;
        this.credible = credible;
        this.judged = newestFirst.stream()
                .filter(Backup::hasManifest)
                .filter(credible)
                .toList();
    }

    /** Why to keep a backup; empty if there is no reason. */
    List<String> of(Backup backup) {
        return reasons.getOrDefault(backup.objectName(), List.of());
    }

    private void keep(Backup backup, String reason) {
        reasons.computeIfAbsent(backup.objectName(), name -> new ArrayList<>()).add(reason);
    }

    void keepWhatAlwaysStays() {
        all.stream().filter(Backup::isPinned).forEach(backup -> keep(backup, "pinned"));
        all.stream().filter(backup -> !backup.hasManifest()).forEach(backup -> keep(backup, "no manifest"));
        all.stream()
                .filter(credible.negate())
                .forEach(backup -> keep(backup, "its stamp is ahead of the store's clock"));
        judged.stream()
                .filter(backup -> backup.marks().isVerified())
                .findFirst()
                .ifPresentOrElse(
                        backup -> keep(backup, "newest verified"),
                        () -> judged.stream()
                                .filter(Backup::isGood)
                                .findFirst()
                                .or(() -> judged.stream().findFirst())
                                .ifPresent(backup -> keep(backup, "newest, none is verified")));
    }

    void keepLast(int count) {
        keepFirst(count, "last", Backup::objectName, false);
    }

    void keepNewestOfEach(Bucket bucket, int count, ZoneId zone) {
        keepFirst(count, bucket.label(), backup -> bucket.of(backup.timestamp(), zone), true);
    }

    /** Keeps the first backup of each group, for so many groups. A damaged one stays, but leaves the place to a good one. */
    private void keepFirst(int count, String rule, Function<Backup, String> group, boolean named) {
        int kept = 0;
        String previous = "";
        for (Backup backup : judged) {
            String current = group.apply(backup);
            if (kept == count || current.equals(previous)) {
                continue;
            }
            String reason = rule + (named ? " " + current : " " + (kept + 1) + " of " + count);
            if (backup.isGood()) {
                keep(backup, reason);
                kept++;
                previous = current;
            } else {
                keep(backup, reason + " (damaged, does not count)");
            }
        }
    }

    void keepWithin(Duration span) {
        if (!judged.isEmpty()) {
            Instant newest = judged.stream()
                    .filter(Backup::isGood)
                    .findFirst()
                    .orElse(judged.get(0))
                    .timestamp();
            judged.stream()
                    .filter(backup ->
                            Duration.between(backup.timestamp(), newest).compareTo(span) <= 0)
                    .forEach(backup -> keep(backup, "within " + span));
        }
    }

    void keepTagged(String tag) {
        judged.stream().filter(backup -> backup.tags().contains(tag)).forEach(backup -> keep(backup, "tag " + tag));
    }
}
