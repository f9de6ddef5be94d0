package io.kvbackup.job;

/** The work of a host's own task. */
@FunctionalInterface
public interface JobWork {
    /**
     * Does it, on a thread that is interrupted when the job is cancelled. Calls of the manager from this thread are
     * jobs of their own within this one, and may use the databases that it holds.
     *
     * @throws Exception to fail; its message is what the history will say
     */
    void run(JobContext job) throws Exception;
}
