package io.kvbackup.examples.volumes;

import java.io.IOException;

/** A kind of task of the cron engine; a plug-in that {@link java.util.ServiceLoader} finds. */
public interface TaskType {
    /** What jobs call it. */
    String name();

    /**
     * Does it once.
     *
     * @return what to tell of it
     */
    String run(TaskContext context) throws IOException;
}
