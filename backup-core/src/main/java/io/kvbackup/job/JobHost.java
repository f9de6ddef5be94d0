package io.kvbackup.job;

import io.kvbackup.storage.StorageClient;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What jobs have from their manager; hosts have no need of it.
 *
 * @param operations the work behind the built-in tasks
 * @param instance what processes have in common that do the same, unless the host says
 * @param storage where leases lie
 * @param clock stamps jobs and decides when schedules are due
 * @param nanoTime monotonic, for leases
 * @param executor the host's, if it gave the manager one
 */
public record JobHost(
        BackupOperations operations,
        String instance,
        StorageClient storage,
        Clock clock,
        LongSupplier nanoTime,
        Optional<Executor> executor) {
    public JobHost {
        Objects.requireNonNull(operations, "operations");
        ScheduleName.require("instance", instance);
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(nanoTime, "nanoTime");
        Objects.requireNonNull(executor, "executor");
    }
}
