package io.kvbackup.job;

import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.repository.Sleeper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How a manager does jobs; given to its builder. Immutable. */
public final class JobOptions {
    private static final int DEFAULT_CONCURRENCY = 2;
    private static final Duration DEFAULT_LEASE_TIME = Duration.ofMinutes(1);

    private final @Nullable JobHistory history;
    private final @Nullable Path historyFolder;
    private final int concurrency;
    private final Optional<Executor> executor;
    private final Optional<Executor> keeper;
    private final Optional<Timer> timer;
    private final Optional<String> instance;
    private final boolean alone;
    private final Duration leaseTime;

    private JobOptions(Builder builder) {
        history = builder.history;
        historyFolder = builder.historyFolder;
        concurrency = builder.concurrency;
        executor = Optional.ofNullable(builder.executor);
        keeper = Optional.ofNullable(builder.keeper);
        timer = Optional.ofNullable(builder.timer);
        instance = Optional.ofNullable(builder.instance);
        alone = builder.alone;
        leaseTime = builder.leaseTime;
    }

    /** A history in memory, two jobs at once, threads of the manager's own. */
    public static JobOptions defaults() {
        return builder().build();
    }

    public static Builder builder() {
        return new Builder();
    }

    JobHistory openHistory(Clock clock) throws IOException {
        if (history != null) {
            return history;
        }
        return historyFolder == null ? JobHistory.inMemory() : FolderJobHistory.open(historyFolder, clock);
    }

    /** The name of this process among those that share the store, if it has one. */
    public Optional<String> instance() {
        return instance;
    }

    /** The folder of the history, if it is in one that this says. */
    public Optional<Path> historyFolder() {
        return Optional.ofNullable(historyFolder);
    }

    int concurrency() {
        return concurrency;
    }

    Optional<Executor> executor() {
        return executor;
    }

    Optional<Executor> keeper() {
        return keeper;
    }

    Optional<Timer> timer() {
        return timer;
    }

    SlotClaims claims(Jobs.Host host, Random random) {
        if (alone) {
            return SlotClaims.ALONE;
        }
        LeaseTime time = new LeaseTime(host.clock(), host.nanoTime(), Sleeper.SYSTEM);
        return new LeasedSlots(
                new LeaseStore(host.storage(), time, random), instance.orElse(host.instance()), leaseTime);
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private @Nullable JobHistory history;
        private @Nullable Path historyFolder;
        private int concurrency = DEFAULT_CONCURRENCY;
        private @Nullable Executor executor;
        private @Nullable Executor keeper;
        private @Nullable Timer timer;
        private @Nullable String instance;
        private boolean alone;
        private Duration leaseTime = DEFAULT_LEASE_TIME;

        private Builder() {}

        /**
         * Remembers jobs in this folder, over restarts; see {@link JobHistory#inFolder}. It is opened with the manager.
         */
        public Builder historyFolder(Path folder) {
            refuseSecondHistory();
            historyFolder = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /** Remembers jobs in a history of the host's choice, which the manager closes. */
        public Builder history(JobHistory store) {
            refuseSecondHistory();
            history = Objects.requireNonNull(store, "store");
            return this;
        }

        private void refuseSecondHistory() {
            if (history != null || historyFolder != null) {
                throw new IllegalStateException("the history was set already");
            }
        }

        /**
         * How many submitted and scheduled jobs may run at once, each on other databases than the rest; 2 unless set.
         *
         * @throws IllegalArgumentException if it is less than 1
         */
        public Builder concurrency(int jobs) {
            if (jobs < 1) {
                throw new IllegalArgumentException("concurrency must be at least 1, not " + jobs);
            }
            concurrency = jobs;
            return this;
        }

        /**
         * Runs submitted and scheduled jobs, each for as long as it lasts; the manager's executor unless set, and
         * daemon threads of its own if that is not set either. It may be as small as one thread: leases are renewed
         * elsewhere.
         */
        public Builder executor(Executor threads) {
            executor = Objects.requireNonNull(threads, "threads");
            return this;
        }

        /** Renews the leases of scheduled jobs; daemon threads of the manager's own unless set, which a test does. */
        Builder keeper(Executor threads) {
            keeper = threads;
            return this;
        }

        /** Wakes the schedules; a daemon thread unless set. */
        public Builder timer(Timer source) {
            timer = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * What the processes have in common that run the same schedules on one store: of those of one name, one runs
         * each of a schedule's times. Unless set, it is made of the names of the databases that the manager was given;
         * a host whose databases all come from a catalog should set it if other such hosts use its store.
         *
         * @param name of letters, digits, {@code .}, {@code _} and {@code -}
         */
        public Builder instance(String name) {
            instance = ScheduleName.require("instance", name);
            return this;
        }

        /** No other process has the same schedules on this store: none has to be asked, and no leases are taken. */
        public Builder alone(boolean value) {
            alone = value;
            return this;
        }

        /**
         * How long a scheduled run of a process that has died stands in the way of the others; a minute unless set.
         * While a process lives it renews its lease three times in that.
         *
         * @throws IllegalArgumentException if it is shorter than a second or longer than a day
         */
        public Builder leaseTime(Duration time) {
            if (time.compareTo(Duration.ofSeconds(1)) < 0 || time.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("a lease's time must be from a second to a day, not " + time);
            }
            leaseTime = time;
            return this;
        }

        public JobOptions build() {
            return new JobOptions(this);
        }
    }

    /**
     * Wakes the scheduler. A test gives one that goes with its clock.
     */
    @FunctionalInterface
    public interface Timer {
        /**
         * Has {@code wake} called once, when so much time has passed, and returns at once. An earlier call is harmless.
         * A timer that measures time otherwise than the manager's clock calls it now and then, so that the scheduler
         * notices a jump of the clock.
         *
         * @param delay zero or more
         * @param wake does not block and throws nothing; may be called on any thread
         */
        void wakeAfter(Duration delay, Runnable wake);
    }
}
