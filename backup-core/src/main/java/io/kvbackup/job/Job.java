package io.kvbackup.job;

import io.kvbackup.model.Progress;
import io.kvbackup.pipeline.Interruption;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work: a backup, a restore, a verification, a prune, a copy, or a host's own. Safe for use by several
 * threads.
 */
public final class Job {
    private final JobRecord identity;
    private final Clock clock;
    /** Told when the job is cancelled before it began. */
    private final Consumer<Job> onDropped;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<Consumer<? super JobRecord>> listeners = new CopyOnWriteArrayList<>();
    private volatile JobState state;
    private volatile Progress progress = JobRecord.NO_PROGRESS;
    private volatile @Nullable String cancelRequest;
    private boolean halfDone;
    private volatile DatabaseGate.@Nullable Claim claim;
    private @Nullable Thread worker;

    Job(JobRecord identity, JobState.Pending pending, Clock clock, Consumer<Job> onDropped) {
        this.identity = identity;
        this.state = pending;
        this.clock = clock;
        this.onDropped = onDropped;
    }

    /** Unlike that of any other job. */
    public String id() {
        return identity.id();
    }

    /** What is done: {@code backup}, {@code restore}, …, or the name of a host's task. */
    public String kind() {
        return identity.kind();
    }

    /** What it is about; empty if that is no database in particular. */
    public Set<String> databases() {
        return identity.databases();
    }

    public JobStatus status() {
        return state.status();
    }

    /** When it was asked for, began and ended, and what came of it. */
    public JobState state() {
        return state;
    }

    /** What has been done so far, how fast, and how long the rest may take. */
    public Progress progress() {
        return progress;
    }

    /** All that is known of it at the moment. */
    public JobRecord record() {
        JobRecord now = identity.with(state);
        return new JobRecord(
                now.id(),
                now.kind(),
                now.databases(),
                now.schedule(),
                now.slot(),
                now.parent(),
                now.attempt(),
                now.state(),
                progress);
    }

    /**
     * Waits until the job has ended, however it did; look at the {@linkplain JobRecord#status() status}.
     *
     * @throws IllegalStateException if it is waiting for a database that the calling job holds
     */
    public JobRecord await() throws InterruptedException {
        try (CurrentJob.Wait wait = CurrentJob.waitFor(this)) {
            ended.await();
        }
        return record();
    }

    /**
     * Waits until the job has ended and returns what came of it.
     *
     * @return its result, as {@link JobState.Finished} has it
     * @throws IOException if it failed; says why
     * @throws CancellationException if it was cancelled
     * @throws IllegalStateException if it is waiting for a database that the calling job holds
     */
    public String awaitResult() throws InterruptedException, IOException {
        JobRecord record = await();
        String text = record.state().text().orElse("");
        return switch (record.status()) {
            case FINISHED -> text;
            case CANCELLED -> throw new CancellationException(this + " was cancelled: " + text);
            default -> throw failure(text);
        };
    }

    /**
     * The job as a future: completed with its last record when it has finished, with an {@link IOException} when it
     * failed, and cancelled when the job was. Cancelling the future cancels the job.
     */
    public CompletableFuture<JobRecord> toFuture() {
        CompletableFuture<JobRecord> future = new CompletableFuture<>() {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
                Job.this.cancel();
                return super.cancel(mayInterruptIfRunning);
            }
        };
        addListener(record -> {
            switch (record.status()) {
                case PENDING, RUNNING -> {}
                case FINISHED -> future.complete(record);
                case ERROR ->
                    future.completeExceptionally(failure(record.state().text().orElse("")));
                case CANCELLED -> future.cancel(false);
            }
        });
        return future;
    }

    private IOException failure(String why) {
        return new IOException(this + " failed: " + why);
    }

    /**
     * Waits as {@link #await()} does, but not longer than so.
     *
     * @return what is known then, or empty if the job has not ended
     */
    public Optional<JobRecord> await(Duration limit) throws InterruptedException {
        try (CurrentJob.Wait wait = CurrentJob.waitFor(this)) {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(record()) : Optional.empty();
        }
    }

    /**
     * Stops the job. One that waits ends at once. The thread of one that is at work is interrupted: what it was about
     * to make is removed, and then it ends; this method does not wait for that. Work that has been done before the
     * interrupt reaches it is finished, not cancelled; so is a restore of several databases that has begun to replace
     * them.
     *
     * @return {@code false} if it had ended already
     */
    public boolean cancel() {
        return cancel("cancelled on request");
    }

    boolean cancel(String why) {
        synchronized (this) {
            if (state instanceof JobState.Ended) {
                return false;
            }
            if (state instanceof JobState.Pending pending) {
                state = pending.cancel(clock.instant(), why);
            } else {
                if (cancelRequest == null) {
                    cancelRequest = why;
                }
                if (!halfDone) {
                    Objects.requireNonNull(worker).interrupt();
                }
                return true;
            }
        }
        onDropped.accept(this);
        return true;
    }

    /**
     * Adds a listener, which is told when the job begins to wait, begins to work, and ends; at once if the job has
     * ended.
     *
     * @param listener called on the thread that changed the job, after the history knows of the change: it should be
     *     quick. What it throws is logged and changes nothing
     */
    public void addListener(Consumer<? super JobRecord> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        if (ended.getCount() == 0 && listeners.remove(listener)) {
            Listeners.tell(listener, record());
        }
    }

    /** What it holds or waits for; given up if the job has been cancelled already. */
    void claim(DatabaseGate.Claim made) {
        claim = made;
        if (state instanceof JobState.Ended) {
            made.close();
        }
    }

    DatabaseGate.@Nullable Claim claim() {
        return claim;
    }

    /**
     * From now on it is not interrupted: it has begun what must not be left half done.
     *
     * @return why it is not to begin, if it has been cancelled before
     */
    synchronized Optional<String> beginWhole() {
        halfDone = cancelRequest == null;
        return cancelRequest();
    }

    Optional<String> cancelRequest() {
        return Optional.ofNullable(cancelRequest);
    }

    void progress(Progress now) {
        progress = now;
    }

    /** Returns {@code false} if it was cancelled before. */
    synchronized boolean begin() {
        if (state instanceof JobState.Pending pending) {
            state = pending.start(clock.instant());
            worker = Thread.currentThread();
            return true;
        }
        return false;
    }

    /** Ends the job on the thread that did the work, which keeps no interrupt that was meant for the job. */
    synchronized void end(@Nullable Throwable failure, String result) {
        if (!(state instanceof JobState.Running running)) {
            throw new IllegalStateException(this + " cannot end, it is " + status());
        }
        worker = null;
        Instant now = clock.instant();
        String request = cancelRequest;
        if (request != null) {
            Thread.interrupted();
        }
        if (failure == null) {
            state = running.finish(now, result);
        } else if (request != null) {
            state = running.cancel(now, request);
        } else if (Interruption.is(failure)) {
            state = running.cancel(now, "its thread was interrupted");
        } else {
            state = running.fail(now, FailureText.of(failure));
        }
    }

    /** Lets those go who wait. */
    void release() {
        ended.countDown();
    }

    void announce(JobRecord now) {
        listeners.forEach(listener -> Listeners.tell(listener, now));
    }

    /** Each listener once, be it that it is being added at this moment. */
    void announceEnd(JobRecord last) {
        for (Consumer<? super JobRecord> listener : List.copyOf(listeners)) {
            if (listeners.remove(listener)) {
                Listeners.tell(listener, last);
            }
        }
    }

    /** As in {@code backup of [orders] (20261120T120000.000Z-…)}. */
    @Override
    public String toString() {
        return JobScope.about(kind(), databases().toArray(String[]::new)) + " (" + id() + ")";
    }
}
