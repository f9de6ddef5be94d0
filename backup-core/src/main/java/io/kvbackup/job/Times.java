package io.kvbackup.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The times of a schedule, the same in every process that asks. */
interface Times {
    /** The first after this moment; empty if there is none any more. */
    Optional<Instant> next(Instant after);

    /** The last at or before this moment. */
    Optional<Instant> latest(Instant until);

    /** The first of two times with no more than this between them; empty if all are further apart. */
    Optional<Instant> closerThan(Duration limit);
}
