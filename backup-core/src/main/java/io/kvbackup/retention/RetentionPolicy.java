package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Says which backups to keep. A backup stays if any rule keeps it; {@link #choose} gives every reason.
 *
 * <p>Each database is judged by itself, and so are the backups of all databases together. Rules count back from the
 * newest backup. They count the hours, days, weeks (ISO, from Monday), months and years that have a backup, and keep
 * the newest backup of each: after a week without backups, {@code keepDaily(7)} still keeps seven. Nothing depends on
 * what time it is now.
 *
 * <p>Whatever the rules say, these stay: pinned backups; of each database the newest backup that was read from end to
 * end and found good ({@link io.kvbackup.model.BackupMarks#isVerified()}), or the newest if there is none; archives
 * without manifest, which no rule judges; and backups with an incredible time stamp, which no rule counts. A damaged
 * backup stays while a rule would keep it, but does not take the place of a good one ({@link Backup#isGood()}).
 *
 * <p>Immutable, so safe for use by several threads.
 */
public final class RetentionPolicy {
    /** The tags that backups can have. */
    private static final Pattern TAG = Pattern.compile("(?=.{1,64}\\z)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?");

    /** For how long logs stay if nobody says. */
    public static final Duration KEEP_LOG = Duration.ofDays(3);

    private final OptionalInt last;
    private final Map<Bucket, Integer> buckets;
    private final Optional<Duration> within;
    private final Optional<Duration> log;
    private final Set<String> tags;
    private final ZoneId zone;
    private final Map<String, RetentionPolicy> byDatabase;

    private RetentionPolicy(Builder builder) {
        last = builder.last == null ? OptionalInt.empty() : OptionalInt.of(builder.last);
        buckets = new EnumMap<>(builder.buckets);
        within = Optional.ofNullable(builder.within);
        log = Optional.ofNullable(builder.log);
        tags = Set.copyOf(builder.tags);
        zone = Objects.requireNonNullElse(builder.zone, ZoneOffset.UTC);
        byDatabase = Map.copyOf(builder.byDatabase);
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Decides about each of the backups, in any order. Pure: asks no store and no clock. Takes
     * {@link Backup#credible()} from the listing.
     */
    public Choice choose(Collection<Backup> backups) {
        return choose(backups, Backup::credible);
    }

    /**
     * The same, with another test of which stamps are credible.
     *
     * @param credible whether the time stamp of a backup is credible
     */
    public Choice choose(Collection<Backup> backups, Predicate<Backup> credible) {
        List<Kept> kept = new ArrayList<>();
        List<Backup> removed = new ArrayList<>();
        judge(backups.stream().sorted(Backup.NEWEST_FIRST).toList(), credible, (backup, why) -> {
            if (why.isEmpty()) {
                removed.add(backup);
            } else {
                kept.add(new Kept(backup, why));
            }
        });
        return new Choice(kept, removed);
    }

    /**
     * The same for any number of backups, without holding them in memory.
     *
     * @param newestFirst gives the same backups at each iteration, {@linkplain Backup#NEWEST_FIRST newest first}
     * @param verdict gets each of them, in that order, with the reasons to keep it; without any if it goes
     */
    public void judge(
            Iterable<Backup> newestFirst, Predicate<Backup> credible, BiConsumer<Backup, List<String>> verdict) {
        Map<String, RetentionReasons> databases = new HashMap<>();
        for (Backup backup : newestFirst) {
            databases
                    .computeIfAbsent(
                            backup.database(),
                            name -> new RetentionReasons(
                                    byDatabase.getOrDefault(name, this).rules(), credible))
                    .observe(backup);
        }
        for (Backup backup : newestFirst) {
            RetentionReasons reasons = databases.get(backup.database());
            verdict.accept(backup, reasons == null ? List.of("not seen before") : reasons.of(backup));
        }
    }

    /** For how long every moment of a replicated database stays restorable; empty if the policy does not say. */
    public Optional<Duration> keepLog(String database) {
        return byDatabase.getOrDefault(database, this).log;
    }

    /** The rules of a policy for one database. */
    record Rules(
            OptionalInt last, Map<Bucket, Integer> buckets, Optional<Duration> within, Set<String> tags, ZoneId zone) {}

    private Rules rules() {
        return new Rules(last, buckets, within, tags, zone);
    }

    @Override
    public String toString() {
        List<String> rules = new ArrayList<>();
        last.ifPresent(count -> rules.add("last " + count));
        buckets.forEach((bucket, count) -> rules.add(bucket.label() + " " + count));
        within.ifPresent(span -> rules.add("within " + span));
        log.ifPresent(span -> rules.add("log " + span));
        tags.stream().sorted().forEach(tag -> rules.add("tag " + tag));
        new TreeMap<>(byDatabase).forEach((name, policy) -> rules.add(name + ": {" + policy + "}"));
        return "keep " + String.join(", ", rules);
    }

    /** Collects rules; each may be set once, except for tags and databases. For one thread. */
    public static final class Builder {
        private final Map<Bucket, Integer> buckets = new EnumMap<>(Bucket.class);
        private final Set<String> tags = new TreeSet<>();
        private final Map<String, RetentionPolicy> byDatabase = new TreeMap<>();
        private @Nullable Integer last;
        private @Nullable Duration within;
        private @Nullable Duration log;
        private @Nullable ZoneId zone;

        private Builder() {}

        /** Keeps the newest {@code count} backups. */
        public Builder keepLast(int count) {
            refuseSecond("keepLast", last);
            last = positive("keepLast", count);
            return this;
        }

        /** Keeps the newest backup of each of the last {@code count} hours that have one. */
        public Builder keepHourly(int count) {
            return keep(Bucket.HOURLY, "keepHourly", count);
        }

        /** Keeps the newest backup of each of the last {@code count} days that have one. */
        public Builder keepDaily(int count) {
            return keep(Bucket.DAILY, "keepDaily", count);
        }

        /** Keeps the newest backup of each of the last {@code count} weeks that have one. */
        public Builder keepWeekly(int count) {
            return keep(Bucket.WEEKLY, "keepWeekly", count);
        }

        /** Keeps the newest backup of each of the last {@code count} months that have one. */
        public Builder keepMonthly(int count) {
            return keep(Bucket.MONTHLY, "keepMonthly", count);
        }

        /** Keeps the newest backup of each of the last {@code count} years that have one. */
        public Builder keepYearly(int count) {
            return keep(Bucket.YEARLY, "keepYearly", count);
        }

        private Builder keep(Bucket bucket, String rule, int count) {
            refuseSecond(rule, buckets.get(bucket));
            buckets.put(bucket, positive(rule, count));
            return this;
        }

        /**
         * Keeps all backups that are at most {@code span} older than the newest good one of their database. It does not
         * count from now, so a database that is no longer backed up keeps its backups.
         */
        public Builder keepWithin(Duration span) {
            refuseSecond("keepWithin", within);
            if (span.isNegative() || span.isZero()) {
                throw new IllegalArgumentException("keepWithin must be positive, not " + span);
            }
            within = span;
            return this;
        }

        /**
         * Keeps what it takes to restore a replicated database to every moment of the last {@code span}: segments of
         * its log, and the backups from which it goes on. Counts from now. Where no policy and no replication says for
         * how long, it is {@link #KEEP_LOG}.
         */
        public Builder keepLog(Duration span) {
            refuseSecond("keepLog", log);
            if (span.isNegative() || span.isZero()) {
                throw new IllegalArgumentException("keepLog must be positive, not " + span);
            }
            log = span;
            return this;
        }

        /**
         * Keeps all backups with this tag; call it once for each tag.
         *
         * @throws IllegalArgumentException if no backup can have such a tag
         */
        public Builder keepTag(String tag) {
            if (!TAG.matcher(tag).matches()) {
                throw new IllegalArgumentException("no backup can have the tag '" + tag.replaceAll("\\p{Cntrl}", "?")
                        + "', so keepTag would keep nothing; a tag is 1 to 64 letters, digits, '.', '_' or '-' of"
                        + " ASCII, and"
                        + " starts and ends with a letter or digit");
            }
            tags.add(tag);
            return this;
        }

        /** Where days begin and end; UTC unless set. */
        public Builder zone(ZoneId where) {
            refuseSecond("zone", zone);
            zone = Objects.requireNonNull(where, "where");
            return this;
        }

        /**
         * Sets another policy for one database, or for {@link Backup#ALL_DATABASES}, in place of this one.
         *
         * @throws IllegalArgumentException if that policy has policies for databases itself
         */
        public Builder forDatabase(String database, RetentionPolicy policy) {
            refuseSecond("the policy for database '" + database + "'", byDatabase.get(database));
            if (!policy.byDatabase.isEmpty()) {
                throw new IllegalArgumentException("the policy for database '" + database
                        + "' has policies for databases itself; build one policy that names them all");
            }
            byDatabase.put(database, policy);
            return this;
        }

        /** @throws IllegalArgumentException if there is no rule: a policy that keeps nothing is a mistake */
        public RetentionPolicy build() {
            if (last == null && buckets.isEmpty() && within == null && log == null && tags.isEmpty()) {
                throw new IllegalArgumentException(
                        "an empty retention policy would keep next to nothing; say what to keep"
                                + " with keepLast, keepDaily, keepWithin, keepTag or another");
            }
            return new RetentionPolicy(this);
        }

        private static int positive(String rule, int count) {
            if (count < 1) {
                throw new IllegalArgumentException(
                        rule + " must be at least 1, not " + count + "; leave it out for none");
            }
            return count;
        }

        private static void refuseSecond(String rule, @Nullable Object set) {
            if (set != null) {
                throw new IllegalStateException(rule + " was set already");
            }
        }
    }

    /**
     * A backup that stays.
     *
     * @param backup the backup
     * @param reasons why it stays, in words for people; at least one
     */
    public record Kept(Backup backup, List<String> reasons) {
        public Kept {
            Objects.requireNonNull(backup, "backup");
            reasons = List.copyOf(reasons);
            if (reasons.isEmpty()) {
                throw new IllegalArgumentException("no reason to keep " + backup.objectName());
            }
        }
    }

    /**
     * What a policy decides about some backups.
     *
     * @param kept those that stay and why, newest first
     * @param removed those that nothing keeps, newest first
     */
    public record Choice(List<RetentionPolicy.Kept> kept, List<Backup> removed) {
        public Choice {
            kept = List.copyOf(kept);
            removed = List.copyOf(removed);
        }
    }
}
