package io.kvbackup.job;

import java.time.Duration;

/**
 * Wakes the scheduler. A test gives one that goes with its clock.
 */
@FunctionalInterface
public interface JobTimer {
    /**
     * Has {@code wake} called once, when so much time has passed, and returns at once. Calling it earlier is harmless;
     * a timer that measures time otherwise than the manager's clock calls it now and then, so that a jump of the clock
     * is noticed.
     *
     * @param delay zero or more
     * @param wake does not block and throws nothing; may be called on any thread
     */
    void wakeAfter(Duration delay, Runnable wake);
}
