package io.kvbackup.job;

/** Where a job stands; the last three are final. */
public enum JobStatus {
    /** Waits for its databases, or for one of the places that jobs run in. */
    PENDING,

    /** At work. */
    RUNNING,

    /** Done. */
    FINISHED,

    /** Failed, or was running when its process died. */
    ERROR,

    /** Was stopped on request, before or during its work. */
    CANCELLED;

    /** Whether a job of this status will never change again. */
    public boolean isFinal() {
        return this != PENDING && this != RUNNING;
    }
}
