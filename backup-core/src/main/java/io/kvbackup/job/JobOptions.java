package io.kvbackup.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How a manager does jobs; given to its builder. Immutable. */
public final class JobOptions {
    private static final int DEFAULT_CONCURRENCY = 2;

    private final @Nullable JobHistory history;
    private final @Nullable Path historyFolder;
    private final int concurrency;
    private final Optional<Executor> executor;
    private final Optional<JobTimer> timer;

    private JobOptions(Builder builder) {
        history = builder.history;
        historyFolder = builder.historyFolder;
        concurrency = builder.concurrency;
        executor = Optional.ofNullable(builder.executor);
        timer = Optional.ofNullable(builder.timer);
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

    int concurrency() {
        return concurrency;
    }

    Optional<Executor> executor() {
        return executor;
    }

    Optional<JobTimer> timer() {
        return timer;
    }

    /** Collects options; for one thread. */
    public static final class Builder {
        private @Nullable JobHistory history;
        private @Nullable Path historyFolder;
        private int concurrency = DEFAULT_CONCURRENCY;
        private @Nullable Executor executor;
        private @Nullable JobTimer timer;

        private Builder() {}

        /** Remembers jobs in this folder, over restarts; see {@link JobHistory#inFolder}. It is opened with the manager. */
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
         * Runs submitted and scheduled jobs, each for as long as it lasts; the manager's executor unless set, and daemon
         * threads of its own if that is not set either.
         */
        public Builder executor(Executor threads) {
            executor = Objects.requireNonNull(threads, "threads");
            return this;
        }

        /** Wakes the schedules; a daemon thread unless set. */
        public Builder timer(JobTimer source) {
            timer = Objects.requireNonNull(source, "source");
            return this;
        }

        public JobOptions build() {
            return new JobOptions(this);
        }
    }
}
