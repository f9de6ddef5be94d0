package io.kvbackup.job;

import java.time.Clock;
import java.util.concurrent.Executor;

/**
 * What jobs are done with.
 *
 * @param operations the work behind the built-in tasks
 * @param executor runs submitted and scheduled jobs, each for as long as it lasts
 * @param keeper renews leases of jobs; never has to wait for a job
 * @param concurrency how many of those may run at once
 * @param clock stamps jobs and decides when schedules are due
 * @param timer wakes the scheduler
 * @param claims decides which of several processes runs what is scheduled
 */
record JobSettings(
        Jobs.Operations operations,
        Executor executor,
        Executor keeper,
        int concurrency,
        Clock clock,
        JobOptions.Timer timer,
        SlotClaims claims) {}
