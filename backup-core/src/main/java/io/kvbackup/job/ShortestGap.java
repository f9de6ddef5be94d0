package io.kvbackup.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * Looks for two times of a schedule that are close together. The gaps of a cron expression vary: within an hour, from
 * the last time of one day to the first of the next, at the end of a month, and where the clocks of its zone change.
 */
final class ShortestGap {
    /** Begins with a leap year; five years have each end of a month, and all changes of the clocks. */
    private static final Instant FROM = Instant.parse("2024-01-01T00:00:00Z");

    private static final Instant UNTIL = Instant.parse("2029-01-01T00:00:00Z");

    /** A schedule that runs on more days than this in five years repeats itself sooner. */
    private static final int MOST_DAYS = 800;

    /** Cron expressions, and changes of the clocks, know no shorter one. */
    private static final Duration LEAST = Duration.ofMinutes(1);

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration AROUND_CHANGE = Duration.ofHours(4);

    private final Times times;
    private final ZoneId zone;
    private final Duration limit;

    /** @param limit of this length, or shorter, is what is looked for */
    ShortestGap(Times times, ZoneId zone, Duration limit) {
        this.times = times;
        this.zone = zone;
        this.limit = limit;
    }

    /** The first of the two times. */
    Optional<Instant> find() {
        return limit.compareTo(LEAST) < 0 ? Optional.empty() : days().or(this::changes);
    }

    /** One day as a whole, then from each day to the next. */
    private Optional<Instant> days() {
        Instant first = times.next(FROM).orElse(UNTIL);
        Instant end = endOfDay(first);
        Optional<Instant> close = between(first.minus(DAY), end);
        for (int day = 0; day < MOST_DAYS && close.isEmpty() && end.isBefore(UNTIL); day++) {
            Instant last = times.latest(end).orElse(end);
            Optional<Instant> next = times.next(last);
            if (next.isEmpty()) {
                return close;
            }
            close = close(last, next.get()) ? Optional.of(last) : close;
            end = endOfDay(next.get());
        }
        return close;
    }

    private Instant endOfDay(Instant at) {
        return at.atZone(zone)
                .truncatedTo(ChronoUnit.DAYS)
                .plusDays(1)
                .minusNanos(1)
                .toInstant();
    }

    private Optional<Instant> changes() {
        ZoneOffsetTransition change = zone.getRules().nextTransition(FROM);
        while (change != null && change.getInstant().isBefore(UNTIL)) {
            Instant at = change.getInstant();
            Optional<Instant> close = between(at.minus(AROUND_CHANGE), at.plus(AROUND_CHANGE));
            if (close.isPresent()) {
                return close;
            }
            change = zone.getRules().nextTransition(at);
        }
        return Optional.empty();
    }

    private Optional<Instant> between(Instant from, Instant until) {
        Optional<Instant> next = times.next(from);
        for (Instant last = from; next.isPresent() && !next.get().isAfter(until); next = times.next(last)) {
            if (times.latest(last).filter(last::equals).isPresent() && close(last, next.get())) {
                return Optional.of(last);
            }
            last = next.get();
        }
        return Optional.empty();
    }

    private boolean close(Instant one, Instant other) {
        return Duration.between(one, other).compareTo(limit) <= 0;
    }
}
