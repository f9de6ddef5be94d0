package io.kvbackup.job;

import java.io.IOException;

/**
 * Work that somebody waits for.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface JobCall<T> {
    T run(JobContext job) throws IOException;
}
