package io.kvbackup.job;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The job that a thread is doing, and the jobs around it.
 *
 * @param runner whose job it is; a host may have several managers
 * @param job the job
 * @param claim what it holds
 * @param outer the job in which it was called
 */
record CurrentJob(
        JobRunner runner,
        Job job,
        DatabaseGate.Claim claim,
        @Nullable CurrentJob outer) {
    private static final ThreadLocal<CurrentJob> CURRENT = new ThreadLocal<>();

    /** What a thread that waits for a job does meanwhile. */
    interface Wait extends AutoCloseable {
        @Override
        void close();
    }

    /** The innermost job of this runner that the thread is doing. */
    static @Nullable CurrentJob of(JobRunner runner) {
        CurrentJob current = CURRENT.get();
        while (current != null && current.runner != runner) {
            current = current.outer;
        }
        return current;
    }

    /** Whether the thread is doing this job, be it around others. */
    static boolean isDoing(Job job) {
        CurrentJob current = CURRENT.get();
        while (current != null && current.job != job) {
            current = current.outer;
        }
        return current != null;
    }

    static CurrentJob begin(JobRunner runner, Job job, DatabaseGate.Claim claim) {
        CurrentJob now = new CurrentJob(runner, job, claim, CURRENT.get());
        CURRENT.set(now);
        return now;
    }

    void end() {
        if (outer == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(outer);
        }
    }

    /**
     * To be called before the thread waits for a job.
     *
     * @throws IllegalStateException if that job is waiting for what the thread holds
     */
    static Wait waitFor(Job awaited) {
        CurrentJob current = CURRENT.get();
        DatabaseGate.Claim wanted = awaited.claim();
        if (current == null || wanted == null) {
            return () -> {};
        }
        for (CurrentJob each = current; each != null; each = each.outer) {
            if (each.job == awaited || wanted.waitsFor(each.claim)) {
                throw new IllegalStateException(each.job + " would wait for ever: " + awaited
                        + " cannot begin before it has ended; call the manager's blocking method instead");
            }
        }
        Closeable place = current.outermost().claim.lendPlace();
        return () -> {
            try {
                place.close();
            } catch (IOException e) {
                throw new IllegalStateException("giving a place back does no input or output", e);
            }
        };
    }

    private CurrentJob outermost() {
        return outer == null ? this : outer.outermost();
    }
}
