package io.kvbackup.repository;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets time pass: really, or as a test wants. */
@FunctionalInterface
public interface Sleeper {
    Sleeper SYSTEM = pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos());

    void sleep(Duration pause) throws InterruptedException;
}
