package io.kvbackup.job;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A moment in the life of a job: {@code PENDING → RUNNING → FINISHED | ERROR | CANCELLED}. Each state has the
 * transitions that are possible from it as its methods, so that an impossible one does not compile. Times are those of
 * the manager's clock, which may be set back: {@code ended} can lie before {@code started}.
 */
public sealed interface JobState {
    JobStatus status();

    /** When the job was asked for. */
    Instant created();

    /** When it began to work, unless it never did. */
    default Optional<Instant> started() {
        return Optional.empty();
    }

    /** When it ended, if it has. */
    default Optional<Instant> ended() {
        return Optional.empty();
    }

    /** What came of it: the result of one that finished, the cause of one that failed, why one was cancelled. */
    default Optional<String> text() {
        return Optional.empty();
    }

    /** Not begun. */
    record Pending(Instant created) implements JobState {
        public Pending {
            Objects.requireNonNull(created, "created");
        }

        Running start(Instant at) {
            return new Running(created, at);
        }

        Cancelled cancel(Instant at, String why) {
            return new Cancelled(created, Optional.empty(), at, why);
        }

        @Override
        public JobStatus status() {
            return JobStatus.PENDING;
        }
    }

    /** At work since {@code begun}. */
    record Running(Instant created, Instant begun) implements JobState {
        public Running {
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(begun, "begun");
        }

        Finished finish(Instant at, String result) {
            return new Finished(created, begun, at, result);
        }

        Failed fail(Instant at, String cause) {
            return new Failed(created, begun, at, cause);
        }

        Cancelled cancel(Instant at, String why) {
            return new Cancelled(created, Optional.of(begun), at, why);
        }

        @Override
        public JobStatus status() {
            return JobStatus.RUNNING;
        }

        @Override
        public Optional<Instant> started() {
            return Optional.of(begun);
        }
    }

    /** What no job leaves again. */
    sealed interface Ended extends JobState {
        Instant end();

        @Override
        default Optional<Instant> ended() {
            return Optional.of(end());
        }
    }

    /** Done; {@code result} is empty if there is nothing to say. */
    record Finished(Instant created, Instant begun, Instant end, String result) implements Ended {
        public Finished {
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(begun, "begun");
            Objects.requireNonNull(end, "end");
            Objects.requireNonNull(result, "result");
        }

        @Override
        public JobStatus status() {
            return JobStatus.FINISHED;
        }

        @Override
        public Optional<Instant> started() {
            return Optional.of(begun);
        }

        @Override
        public Optional<String> text() {
            return result.isEmpty() ? Optional.empty() : Optional.of(result);
        }
    }

    /** Failed; {@code cause} names the exception, its message, and what caused it. */
    record Failed(Instant created, Instant begun, Instant end, String cause) implements Ended {
        public Failed {
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(begun, "begun");
            Objects.requireNonNull(end, "end");
            Objects.requireNonNull(cause, "cause");
        }

        @Override
        public JobStatus status() {
            return JobStatus.ERROR;
        }

        @Override
        public Optional<Instant> started() {
            return Optional.of(begun);
        }

        @Override
        public Optional<String> text() {
            return Optional.of(cause);
        }
    }

    /** Stopped on request; {@code begun} is empty if it had not begun. */
    record Cancelled(Instant created, Optional<Instant> begun, Instant end, String why) implements Ended {
        public Cancelled {
            Objects.requireNonNull(created, "created");
            Objects.requireNonNull(begun, "begun");
            Objects.requireNonNull(end, "end");
            Objects.requireNonNull(why, "why");
        }

        @Override
        public JobStatus status() {
            return JobStatus.CANCELLED;
        }

        @Override
        public Optional<Instant> started() {
            return begun;
        }

        @Override
        public Optional<String> text() {
            return Optional.of(why);
        }
    }
}
