package io.kvbackup.job;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs from request to end: through the gate, onto a thread, into the register. Safe for use by several threads.
 */
final class JobRunner {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Jobs.Operations operations;
    private final Executor executor;
    private final Clock clock;
    private final JobIds ids;
    private final DatabaseGate gate;
    private final JobRegister register;

    JobRunner(JobSettings settings, JobRegister register, RandomGenerator random) {
        operations = settings.operations();
        executor = settings.executor();
        clock = settings.clock();
        ids = new JobIds(random);
        gate = new DatabaseGate(settings.concurrency());
        this.register = register;
    }

    /** Has a task done on one of the executor's threads. */
    Job submit(JobRequest request, JobTask task) {
        Resolved resolved = resolve(request.scope());
        Job job = open(request, resolved.scope(), CurrentJob.of(this), false);
        try {
            resolved.throwFailure();
            job.claim(gate.enter(null, held(resolved.scope()), true, claim -> start(job, claim, request, task)));
        } catch (IOException | RuntimeException e) {
            failUnseen(job, request, e);
        }
        return job;
    }

    /** A job that fails before it could begin. */
    Job refuse(JobRequest request, IOException why) {
        Job job = open(request, resolve(request.scope()).scope(), null, true);
        failUnseen(job, request, why);
        return job;
    }

    private void start(Job job, DatabaseGate.Claim claim, JobRequest request, JobTask task) {
        try {
            executor.execute(() -> {
                try (claim) {
                    if (job.begin()) {
                        run(job, claim, request.guard(), context -> {
                            doTask(task, context);
                            return context;
                        });
                    }
                } catch (IOException | RuntimeException | Error e) {
                    tell(job, request, e);
                }
            });
        } catch (RuntimeException | Error e) {
            // An Error, too: "unable to create native thread" must not leave the database held by a job that never
            // begins.
            claim.close();
            failUnseen(job, request, new IOException("the executor does not take the job: " + FailureText.of(e), e));
        }
    }

    /** Nobody waits for the result of such a job, so the log tells it. */
    private void failUnseen(Job job, JobRequest request, Throwable failure) {
        tell(job, request, failure);
        fail(job, failure);
    }

    /** Who has a job cancelled knows that it will end. */
    private static void tell(Job job, JobRequest request, Throwable failure) {
        String what = job + request.describe();
        if (job.cancelRequest().isPresent() && !(failure instanceof Error)) {
            LOG.info("{} was cancelled: {}", what, job.cancelRequest().orElseThrow());
        } else {
            LOG.warn("{} failed: {}", what, FailureText.of(failure));
        }
        LOG.debug("{} did not finish", what, failure);
    }

    private void doTask(JobTask task, JobContext context) throws IOException {
        try {
            task.run(context, operations);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted during " + task);
            interrupted.initCause(e);
            throw interrupted;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new TaskFailedException(e);
        }
    }

    /** Does work as a job on the calling thread, when its turn has come. */
    <T> T call(JobScope wanted, Jobs.Call<T> work) throws IOException {
        CurrentJob outer = CurrentJob.of(this);
        JobRequest request = JobRequest.of(wanted);
        Resolved resolved = resolve(wanted);
        Job job = open(request, resolved.scope(), outer, outer != null);
        DatabaseGate.Claim claim;
        try {
            resolved.throwFailure();
            claim = gate.enter(outer == null ? null : outer.claim(), held(resolved.scope()), false, entered -> {});
        } catch (IOException | RuntimeException e) {
            fail(job, e);
            throw e;
        }
        try (claim) {
            job.claim(claim);
            awaitTurn(job, claim);
            if (!job.begin()) {
                throw new InterruptedIOException(job + ": " + job.state().text().orElse(""));
            }
            return run(job, claim, request.guard(), work);
        }
    }

    private static void awaitTurn(Job job, DatabaseGate.Claim claim) throws InterruptedIOException {
        try {
            claim.await();
        } catch (InterruptedException e) {
            job.cancel("its thread was interrupted while it waited");
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(
                    "interrupted while waiting for another job on " + job.databases() + "; " + job + " was not begun");
        }
    }

    private <T> T run(Job job, DatabaseGate.Claim claim, JobContext.Guard guard, Jobs.Call<T> work) throws IOException {
        JobContext context = new JobContext(job, claim, guard);
        CurrentJob current = CurrentJob.begin(this, job, claim);
        Throwable failure = null;
        try {
            register.changed(job);
            T result = work.run(context);
            guard.check();
            return result;
        } catch (Throwable e) {
            failure = e;
            if (job.cancelRequest().isPresent() && (e instanceof IOException || e instanceof UncheckedIOException)) {
                throw cancelled(job, e);
            }
            throw e;
        } finally {
            current.end();
            job.end(failure, context.result());
            claim.close();
            register.ended(job);
        }
    }

    private static InterruptedIOException cancelled(Job job, Throwable how) {
        InterruptedIOException cancelled =
                new InterruptedIOException(job + ": " + job.cancelRequest().orElse(""));
        cancelled.initCause(how);
        return cancelled;
    }

    private Job open(JobRequest request, JobScope scope, @Nullable CurrentJob outer, boolean within) {
        Instant now = clock.instant();
        JobState.Pending pending = new JobState.Pending(now);
        JobRecord identity = new JobRecord(
                ids.next(now),
                scope.kind(),
                scope.databases(),
                request.schedule(),
                request.slot(),
                Optional.ofNullable(outer).map(current -> current.job().id()),
                request.attempt(),
                pending,
                JobRecord.NO_PROGRESS);
        Job job = new Job(identity, pending, clock, this::dropped);
        register.open(job, within);
        return job;
    }

    /** A job that was cancelled before it began. */
    private void dropped(Job job) {
        DatabaseGate.Claim claim = job.claim();
        if (claim != null) {
            claim.close();
        }
        register.ended(job);
    }

    private void fail(Job job, Throwable failure) {
        if (job.begin()) {
            job.end(failure, "");
            register.ended(job);
        }
    }

    private static Set<String> held(JobScope scope) {
        return scope.exclusive() ? scope.databases() : Set.of();
    }

    /** A scope whose databases are known, or why they are not. */
    private record Resolved(JobScope scope, @Nullable Exception failure) {
        void throwFailure() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            } else if (failure instanceof RuntimeException e) {
                throw e;
            }
        }
    }

    private Resolved resolve(JobScope scope) {
        if (!scope.everything()) {
            return new Resolved(scope, null);
        }
        try {
            return new Resolved(scope.of(operations.databaseNames()), null);
        } catch (IOException | RuntimeException e) {
            return new Resolved(scope.of(Set.of()), e);
        }
    }
}
