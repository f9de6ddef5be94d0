package io.kvbackup.job;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers jobs. Given to a manager, which records every job in it and closes it. What it remembers is bounded: the
 * oldest jobs that have ended are forgotten first. Of each schedule it keeps the last run that finished: by that, a
 * manager finds out after a restart which runs were missed.
 *
 * <p>Safe for use by several threads.
 */
public interface JobHistory extends Closeable {
    /** Keeps the last thousand jobs for as long as the manager lives. */
    static JobHistory inMemory() {
        return new MemoryJobHistory(MemoryJobHistory.MAX_RECORDS);
    }

    /**
     * Keeps the last ten thousand jobs, or a few megabytes of them, in a folder, over restarts. Jobs that had not ended
     * when their process died are found to be interrupted. The folder is made when it is missing and belongs to this
     * history until it is closed.
     *
     * <p>A line that cannot be read is passed over and reported. When the disk is full, jobs go on: they are remembered
     * in memory and written as soon as that is possible, and {@link #problem} says so meanwhile.
     *
     * @throws IOException if the folder is in use by another history, be it of this process or of another, or cannot be
     *     written
     */
    static JobHistory inFolder(Path folder) throws IOException {
        return FolderJobHistory.open(folder, Clock.systemUTC());
    }

    /** Remembers a job, in place of what was known of it. Never fails for lack of space. */
    void record(JobRecord record);

    /** The jobs that are wanted, the youngest first. */
    List<JobRecord> find(JobQuery query);

    /**
     * Forgets the jobs that have ended in one of these states, but for the last of each schedule that finished.
     *
     * @return how many
     */
    int forget(Set<JobStatus> statuses);

    /** Names of the schedules that rest, as {@link #paused(Set)} was told last; none, unless overridden. */
    default Set<String> paused() {
        return Set.of();
    }

    /** Is told which schedules rest, so that they rest after a restart too. Never fails for lack of space. */
    default void paused(Set<String> schedules) {}

    /**
     * What is wrong with the history itself, if anything is: jobs that could not be written, lines that could not be
     * read.
     */
    default Optional<String> problem() {
        return Optional.empty();
    }
}
