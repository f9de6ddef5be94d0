package io.kvbackup.verify;

import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.Backup;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.repository.BackupName;
import io.kvbackup.storage.throttle.RateLimit;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which backups are due for verification, and how much bandwidth and time it may take. Immutable. */
public final class VerifyDueOptions {
    private final Duration notFor;
    private final Set<String> databases;
    private final Optional<RateLimit> rate;
    private final Optional<Duration> atMost;
    private final VerifyOptions each;

    private VerifyDueOptions(Builder builder) {
        notFor = builder.notFor;
        databases = builder.databases;
        rate = Optional.ofNullable(builder.rate);
        atMost = Optional.ofNullable(builder.atMost);
        each = builder.each.build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that has all that was chosen here. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** How much is proved. */
    public VerifyLevel level() {
        return each.level();
    }

    /** How long ago the last verification of a due backup must be. */
    public Duration notFor() {
        return notFor;
    }

    /** Names of databases; all if empty. */
    public Set<String> databases() {
        return databases;
    }

    boolean concerns(String database) {
        return databases.isEmpty() || databases.contains(database);
    }

    /** How fast archives are read; without limit if empty. */
    public Optional<RateLimit> rate() {
        return rate;
    }

    /** How long all of it may take; as long as it takes if empty. */
    public Optional<Duration> atMost() {
        return atMost;
    }

    /** How one of them is verified. */
    public VerifyOptions each() {
        return each;
    }

    @Override
    public String toString() {
        return "VerifyDueOptions[" + level() + ", not verified for " + notFor + ", rate "
                + rate.map(RateLimit::toString).orElse("unlimited") + ", at most "
                + atMost.map(Duration::toString).orElse("as long as it takes") + "]";
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private VerifyOptions.Builder each = VerifyOptions.builder();
        private Duration notFor = Duration.ofDays(7);
        private Set<String> databases = Set.of();
        private @Nullable RateLimit rate;
        private @Nullable Duration atMost;

        private Builder() {}

        private Builder(VerifyDueOptions from) {
            each = from.each.toBuilder();
            notFor = from.notFor;
            databases = from.databases;
            rate = from.rate.orElse(null);
            atMost = from.atMost.orElse(null);
        }

        /** How much to prove; {@link VerifyLevel#DIGEST} unless set. A verification at a higher level counts too. */
        public Builder level(VerifyLevel level) {
            each.level(level);
            return this;
        }

        /**
         * A backup is due if it was not verified for this time; seven days unless set. Zero makes all backups due.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Builder notVerifiedFor(Duration age) {
            if (age.isNegative()) {
                throw new IllegalArgumentException("notVerifiedFor is negative: " + age);
            }
            notFor = age;
            return this;
        }

        /**
         * Only backups of these databases; backups of all unless set.
         *
         * @param names of databases, {@link io.kvbackup.model.Backup#ALL_DATABASES} for the backups of all together
         * @throws IllegalArgumentException if there is none, or if no database can have such a name
         */
        public Builder databases(String... names) {
            if (names.length == 0) {
                throw new IllegalArgumentException("no databases given; leave databases() out for all");
            }
            Set<String> chosen = new TreeSet<>(List.of(names));
            chosen.stream().filter(name -> !name.equals(Backup.ALL_DATABASES)).forEach(BackupName::requireDatabaseName);
            databases = chosen;
            return this;
        }

        /** How fast archives are read, so that the rest of the host keeps its share of the link. */
        public Builder rate(RateLimit limit) {
            rate = Objects.requireNonNull(limit, "limit");
            return this;
        }

        /**
         * How long all of it may take. The verification that runs at that moment is given up: its backup counts as
         * skipped, and is as due as before.
         *
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder atMost(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("atMost must be positive, not " + time);
            }
            atMost = time;
            return this;
        }

        /** See {@link VerifyOptions.Builder#scratch}. */
        public Builder scratch(ScratchFactory factory) {
            each.scratch(factory);
            return this;
        }

        /** See {@link VerifyOptions.Builder#inMemoryUpTo}. */
        public Builder inMemoryUpTo(long bytes) {
            each.inMemoryUpTo(bytes);
            return this;
        }

        /** Is told how far the verification of each backup has come. */
        public Builder progress(ProgressListener listener) {
            each.progress(listener);
            return this;
        }

        public VerifyDueOptions build() {
            return new VerifyDueOptions(this);
        }
    }
}
