package io.kvbackup.job;

import io.kvbackup.model.Progress;
import io.kvbackup.model.ProgressListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the work of a job sees of it; also takes the work's progress. For the thread that does the work, except that
 * progress may come from any.
 */
public final class JobContext implements ProgressListener {
    /** Says whether the work may go on. */
    interface Guard {
        Guard NONE = () -> {};

        void check() throws IOException;
    }

    private final Job job;
    private final DatabaseGate.Claim claim;
    private final Guard guard;
    private volatile String result = "";

    JobContext(Job job, DatabaseGate.Claim claim, Guard guard) {
        this.job = job;
        this.claim = claim;
        this.guard = guard;
    }

    public String id() {
        return job.id();
    }

    /** 1 for the first. */
    public int attempt() {
        return job.record().attempt();
    }

    /** Which of the schedule's times this run is for, if a schedule started it. */
    public Optional<Instant> slot() {
        return job.record().slot();
    }

    /** What to tell of the outcome; the last one counts. */
    public void result(String text) {
        result = Objects.requireNonNull(text, "text");
    }

    String result() {
        return result;
    }

    /**
     * To be called before anything that cannot be undone.
     *
     * @throws InterruptedIOException if the job has been cancelled
     * @throws IOException if it was started by a schedule and another process may have taken its place
     */
    public void checkActive() throws IOException {
        requireActive(job.cancelRequest());
    }

    /**
     * The same before several things that belong together: then the job is not interrupted any more until it ends.
     *
     * @throws IOException as {@link #checkActive} does
     */
    public void beginWhole() throws IOException {
        requireActive(job.beginWhole());
    }

    private void requireActive(Optional<String> cancelled) throws IOException {
        if (cancelled.isPresent()) {
            throw new InterruptedIOException(job + ": " + cancelled.get());
        }
        guard.check();
    }

    /** Takes progress, and ends the work by an exception if the job must not go on. */
    @Override
    public void onProgress(Progress progress) {
        job.progress(progress);
        try {
            checkActive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for databases that turned out to be needed, and holds them until the job ends.
     *
     * @throws IOException if another job that waits for this one holds them
     */
    public void hold(Collection<String> databases) throws IOException {
        claim.extend(Set.copyOf(databases), "hold databases for " + job);
    }
}
