package io.kvbackup.job;

/** Told when jobs begin to wait, begin to work, and end. What it throws is logged and changes nothing. */
@FunctionalInterface
public interface JobListener {
    /** Called on the thread that changed the job, after the history knows of the change: be quick. */
    void onChange(JobRecord record);
}
