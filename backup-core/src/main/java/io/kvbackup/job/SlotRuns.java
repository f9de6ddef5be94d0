package io.kvbackup.job;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves slots: takes the claim, runs the job, and says how it went. Asks for claims on the executor; renews them on
 * the keeper, where no job is in the way.
 */
final class SlotRuns {
    private static final Logger LOG = LoggerFactory.getLogger(SlotRuns.class);

    /** What can become of a slot; all methods may be called on any thread. */
    interface Outcome {
        /** The claim has been taken, and needs to be looked after from now on. */
        void claimed();

        /** The job has been asked for. */
        void begun(ScheduledTask task, Job job);

        /** It ended; the claim is still held, unless it was lost. */
        void ended(ScheduledTask task, ScheduledTask.Run run, JobRecord record);

        /** Another process has served the slot. */
        void servedElsewhere(ScheduledTask task, ScheduledTask.Run run);

        /** Another process may be serving it. */
        void busyElsewhere(ScheduledTask task, ScheduledTask.Run run, Duration askAgain);
    }

    private final Executor executor;
    private final Executor keeper;
    private final SlotClaims claims;
    private final JobRunner runner;
    private final JobHistory history;
    /** If the store hangs, one renewal of each claim does, and not ever more of them. */
    private final Set<SlotClaims.Claim> lookedAfter = ConcurrentHashMap.newKeySet();

    SlotRuns(JobSettings settings, JobRunner runner, JobHistory history) {
        executor = settings.executor();
        keeper = settings.keeper();
        claims = settings.claims();
        this.runner = runner;
        this.history = history;
    }

    Optional<Duration> upkeep() {
        return claims.upkeep();
    }

    /** Finds out which slot was served last, here or elsewhere. */
    void restore(ScheduledTask task, Consumer<Optional<Instant>> found) {
        Optional<Instant> here = SlotMemory.lastServed(history, task.name);
        if (claims.upkeep().isEmpty()) {
            found.accept(here);
            return;
        }
        try {
            executor.execute(() -> found.accept(later(here, elsewhere(task))));
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "schedule {}: the executor does not take the question for earlier runs: {}",
                    task.name,
                    e.toString());
            found.accept(here);
        }
    }

    private Optional<Instant> elsewhere(ScheduledTask task) {
        try {
            return claims.lastServed(task.name);
        } catch (IOException | RuntimeException e) {
            LOG.warn("schedule {}: cannot find out when it ran last in other processes: {}", task.name, e.toString());
            return Optional.empty();
        }
    }

    private static Optional<Instant> later(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || (b.isPresent() && b.get().isAfter(a.get())) ? b : a;
    }

    void start(ScheduledTask task, ScheduledTask.Run run, Outcome outcome) {
        if (claims.upkeep().isEmpty()) {
            serve(task, run, outcome);
            return;
        }
        try {
            executor.execute(() -> serve(task, run, outcome));
        } catch (RuntimeException | Error e) {
            refuse(task, run, outcome, new IOException("the executor does not take the job: " + FailureText.of(e), e));
        }
    }

    private void serve(ScheduledTask task, ScheduledTask.Run run, Outcome outcome) {
        try {
            if (task.claim == null) {
                SlotClaims.Answer answer = claims.claim(task.name, run.slot());
                if (answer instanceof SlotClaims.Answer.Served) {
                    outcome.servedElsewhere(task, run);
                    return;
                } else if (answer instanceof SlotClaims.Answer.Busy busy) {
                    outcome.busyElsewhere(task, run, busy.askAgain());
                    return;
                } else if (answer instanceof SlotClaims.Answer.Won won) {
                    task.claim = won.claim();
                    outcome.claimed();
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            refuse(
                    task,
                    run,
                    outcome,
                    new IOException(
                            "schedule " + task.name + ", run of " + run.slot()
                                    + ": cannot find out from the store whether another process serves it: "
                                    + e.getMessage(),
                            e));
            return;
        }
        SlotClaims.Claim claim = task.claim;
        JobContext.Guard guard = claim == null ? JobContext.Guard.NONE : claim::ensureHeld;
        JobRequest request = request(task, run, guard);
        try {
            follow(task, run, outcome, runner.submit(request, task.task));
        } catch (IllegalStateException closed) {
            if (claim != null) {
                claim.release();
                task.claim = null;
            }
            outcome.busyElsewhere(task, run, Duration.ofSeconds(1));
        }
    }

    private void refuse(ScheduledTask task, ScheduledTask.Run run, Outcome outcome, IOException why) {
        follow(task, run, outcome, runner.refuse(request(task, run, JobContext.Guard.NONE), why));
    }

    private static void follow(ScheduledTask task, ScheduledTask.Run run, Outcome outcome, Job job) {
        outcome.begun(task, job);
        job.addListener(record -> {
            if (record.status().isFinal()) {
                outcome.ended(task, run, record);
            }
        });
    }

    private static JobRequest request(ScheduledTask task, ScheduledTask.Run run, JobContext.Guard guard) {
        return new JobRequest(task.task.scope(), Optional.of(task.name), Optional.of(run.slot()), run.attempt(), guard);
    }

    /**
     * Looks after the claim of a job that is under way; if it is lost, somebody else serves the slot, and the job must
     * stop.
     */
    void lookAfter(SlotClaims.Claim claim, Optional<Job> job, String name) {
        if (!lookedAfter.add(claim)) {
            return;
        }
        try {
            keeper.execute(() -> {
                try {
                    claim.ensureHeld();
                } catch (IOException | RuntimeException e) {
                    LOG.warn("schedule {}: its lease cannot be renewed; the run is cancelled: {}", name, e.toString());
                    job.ifPresent(running -> running.cancel("lost its place to another process: " + e.getMessage()));
                } finally {
                    lookedAfter.remove(claim);
                }
            });
        } catch (RuntimeException | Error e) {
            lookedAfter.remove(claim);
            LOG.warn("schedule {}: no thread for the renewal of its lease: {}", name, e.toString());
        }
    }
}
