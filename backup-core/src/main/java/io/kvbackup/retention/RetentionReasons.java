package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the reasons to keep each backup of one database. It sees all backups twice, newest first: first it
 * {@linkplain #observe observes} them, then it judges them. It remembers no single backup. Used by one thread.
 */
final class RetentionReasons {
    private final RetentionPolicy.Rules rules;
    private final Predicate<Backup> credible;
    private final List<Places> places = new ArrayList<>();
    private @Nullable Backup first;
    private @Nullable Backup firstGood;
    private @Nullable Backup firstVerified;

    RetentionReasons(RetentionPolicy.Rules rules, Predicate<Backup> credible) {
        this.rules = rules;
        this.credible = credible;
        rules.last().ifPresent(count -> places.add(new Places("last", count, Backup::objectName, false)));
        rules.buckets()
                .forEach((bucket, count) -> places.add(new Places(
                        bucket.label(), count, backup -> bucket.of(backup.timestamp(), rules.zone()), true)));
    }

    /** Whether rules judge a backup: whether it has a manifest and a credible stamp. */
    private boolean isJudged(Backup backup) {
        return backup.hasManifest() && credible.test(backup);
    }

    void observe(Backup backup) {
        if (isJudged(backup)) {
            first = first == null ? backup : first;
            firstGood = firstGood == null && backup.isGood() ? backup : firstGood;
            firstVerified = firstVerified == null && backup.marks().isVerified() ? backup : firstVerified;
        }
    }

    private Optional<Backup> newestGood() {
        return Optional.ofNullable(firstGood == null ? first : firstGood);
    }

    /** Why to keep a backup; empty if there is no reason. */
    List<String> of(Backup backup) {
        List<String> reasons = new ArrayList<>();
        if (backup.isPinned()) {
            reasons.add("pinned");
        }
        if (!backup.hasManifest()) {
            reasons.add("no manifest");
        }
        if (!credible.test(backup)) {
            reasons.add("its stamp is ahead of the store's clock");
        }
        if (isJudged(backup)) {
            judge(backup, reasons);
        }
        return reasons;
    }

    private void judge(Backup backup, List<String> reasons) {
        if (firstVerified != null) {
            if (isSame(firstVerified, backup)) {
                reasons.add("newest verified");
            }
        } else if (newestGood().filter(newest -> isSame(newest, backup)).isPresent()) {
            reasons.add("newest, none is verified");
        }
        places.forEach(each -> each.take(backup).ifPresent(reasons::add));
        Instant newest = newestGood().map(Backup::timestamp).orElse(backup.timestamp());
        rules.within()
                .filter(span -> Duration.between(backup.timestamp(), newest).compareTo(span) <= 0)
                .ifPresent(span -> reasons.add("within " + span));
        rules.tags().stream().filter(backup.tags()::contains).sorted().forEach(tag -> reasons.add("tag " + tag));
    }

    private static boolean isSame(Backup one, Backup other) {
        return one.objectName().equals(other.objectName());
    }

    /**
     * Places for the first backup of each group, up to a number of groups. A damaged backup stays, but leaves its place
     * to a good one.
     */
    private static final class Places {
        private final String rule;
        private final int count;
        private final Function<Backup, String> group;
        private final boolean named;
        private int taken;
        private String previous = "";

        Places(String rule, int count, Function<Backup, String> group, boolean named) {
            this.rule = rule;
            this.count = count;
            this.group = group;
            this.named = named;
        }

        /** The reason to keep this backup, if there is a place for it. */
        Optional<String> take(Backup backup) {
            if (taken == count) {
                return Optional.empty();
            }
            String current = group.apply(backup);
            if (current.equals(previous)) {
                return Optional.empty();
            }
            String reason = rule + (named ? " " + current : " " + (taken + 1) + " of " + count);
            if (!backup.isGood()) {
                return Optional.of(reason + " (damaged, does not count)");
            }
            taken++;
            previous = current;
            return Optional.of(reason);
        }
    }
}
