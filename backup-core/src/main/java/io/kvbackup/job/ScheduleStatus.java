package io.kvbackup.job;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a schedule stands.
 *
 * @param name the name that it was given
 * @param schedule when it runs
 * @param task what it runs
 * @param paused whether it waits to be {@linkplain Jobs#resume resumed}
 * @param nextRun when it will run, jitter and pauses after failures included; empty while it is paused or runs, for a
 *     moment after it was added, and if there is no time left
 * @param running the id of its job that is waiting or at work
 * @param lastServed the last of its times that has been served, here or, as far as that is known, in another process
 * @param failedAttempts how many attempts have failed since the last success
 */
public record ScheduleStatus(
        String name,
        Schedule schedule,
        JobTask task,
        boolean paused,
        Optional<Instant> nextRun,
        Optional<String> running,
        Optional<Instant> lastServed,
        int failedAttempts) {}
