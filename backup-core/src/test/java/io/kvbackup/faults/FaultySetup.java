package io.kvbackup.faults;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.time.Duration;

/**
 * A store that fails, and how to see what is really in it.
 *
 * @param faulty what backups are written through; closed by whoever made it
 * @param honest the same store without faults
 * @param retries of the manager that works on {@code faulty}
 * @param patience how long one backup or restore may take at most: all deadlines together, and some more
 * @param truthfulLists whether {@code faulty} lists what is there
 * @param largeBytes size of the databases that are meant to be large, in bytes; more than a part of an upload
 */
public record FaultySetup(
        StorageClient faulty,
        StorageClient honest,
        RetryPolicy retries,
        Duration patience,
        boolean truthfulLists,
        int largeBytes) {}
