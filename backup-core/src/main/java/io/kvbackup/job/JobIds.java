package io.kvbackup.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Makes ids that sort by time, within one millisecond by order, and that no other process makes. */
final class JobIds {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final RandomGenerator random;
    private final AtomicInteger number = new AtomicInteger();

    JobIds(RandomGenerator random) {
        this.random = random;
    }

    String next(Instant created) {
        return String.format(
                "%s-%06d-%08x", TIME.format(created), number.getAndIncrement() % 1_000_000, random.nextInt());
    }
}
