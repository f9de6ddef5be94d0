package io.kvbackup.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs that have not ended, and whoever is to know of every change. Safe for use by several threads. */
final class JobRegister {
    private static final Logger LOG = LoggerFactory.getLogger(JobRegister.class);

    private final JobHistory history;
    private final List<Consumer<? super JobRecord>> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, Job> live = new LinkedHashMap<>();
    private boolean closing;

    JobRegister(JobHistory history) {
        this.history = history;
    }

    void addListener(Consumer<? super JobRecord> listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * @param within whether it is part of another job, which must be able to end even while the manager is being closed
     */
    void open(Job job, boolean within) {
        synchronized (this) {
            if (closing && !within) {
                throw closed();
            }
            live.put(job.id(), job);
        }
        changed(job);
    }

    static IllegalStateException closed() {
        return new IllegalStateException("the backup manager is closed; build another one");
    }

    /** To be called whenever a job has got into another state but the last. */
    void changed(Job job) {
        JobRecord record = job.record();
        remember(record);
        job.announce(record);
        listeners.forEach(listener -> Listeners.tell(listener, record));
    }

    /** Listeners come last: nobody has to wait for them. */
    void ended(Job job) {
        JobRecord record = job.record();
        remember(record);
        job.release();
        synchronized (this) {
            live.remove(job.id());
            notifyAll();
        }
        job.announceEnd(record);
        listeners.forEach(listener -> Listeners.tell(listener, record));
    }

    private void remember(JobRecord record) {
        try {
            history.record(record);
        } catch (RuntimeException e) {
            LOG.error("the history {} failed; the job goes on, but {} is not remembered", history, record, e);
        }
    }

    /** In the order in which they were asked for. */
    synchronized List<Job> live() {
        List<Job> jobs = new ArrayList<>(live.values());
        jobs.removeIf(job -> job.status().isFinal());
        return jobs;
    }

    synchronized Optional<Job> find(String id) {
        return Optional.ofNullable(live.get(id));
    }

    /** From now on, no job is taken in unless it is part of another. */
    synchronized void refuse() {
        closing = true;
    }

    /** Waits until all jobs that concern the caller have ended, but not longer than so; says whether they have. */
    synchronized boolean awaitEnd(Predicate<Job> concerns, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (live.values().stream().anyMatch(concerns)) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }
}
