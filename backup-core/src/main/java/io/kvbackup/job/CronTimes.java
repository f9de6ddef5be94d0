package io.kvbackup.job;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Times of a Unix cron expression. A daily time that a change of the clocks skips falls on the moment of that change;
 * one that it repeats counts once. Schedules that run every hour, or every few, go on in steps of real time.
 */
final class CronTimes implements Times {
    private static final Map<String, String> NICKNAMES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final int HOUR_FIELD = 1;

    private final String expression;
    private final ZoneId zone;
    private final ExecutionTime times;
    private final boolean fixedHours;

    CronTimes(String expression, ZoneId zone) {
        this.expression = expression.strip();
        this.zone = zone;
        String fields = NICKNAMES.getOrDefault(this.expression.toLowerCase(Locale.ROOT), this.expression);
        try {
            CronParser parser = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
            times = ExecutionTime.forCron(parser.parse(fields).validate());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cron expression '" + expression + "': " + e.getMessage()
                            + "; expected minute, hour, day of month, month and day of week as in '0 2 * * *', or "
                            + "one of "
                            + NICKNAMES.keySet().stream().sorted().toList(),
                    e);
        }
        fixedHours = !fields.split("\\s+", -1)[HOUR_FIELD].contains("*");
        if (next(Instant.EPOCH).isEmpty()) {
            throw new IllegalArgumentException("cron expression '" + expression + "' names a time that never comes");
        }
    }

    @Override
    public Optional<Instant> next(Instant after) {
        if (!fixedHours) {
            return times.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
        }
        return times.nextExecution(passed(after).minusNanos(1).atZone(ZoneOffset.UTC))
                .map(this::moment);
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        if (!fixedHours) {
            return times.lastExecution(until.plusNanos(1).atZone(zone)).map(ZonedDateTime::toInstant);
        }
        return times.lastExecution(passed(until).atZone(ZoneOffset.UTC)).map(this::moment);
    }

    @Override
    public Optional<Instant> closerThan(Duration limit) {
        return new ShortestGap(this, zone, limit).find();
    }

    /** The end of what clocks have shown by now, as a local time; it does not go back when they do. */
    private LocalDateTime passed(Instant until) {
        ZonedDateTime time = until.atZone(zone);
        ZoneOffsetTransition change = zone.getRules().getTransition(time.toLocalDateTime());
        boolean shownAgain = change != null && time.getOffset().equals(change.getOffsetAfter());
        return shownAgain ? change.getDateTimeBefore() : time.toLocalDateTime().plusNanos(1);
    }

    /** When clocks first show a local time, which stands in UTC here, or leave it out. */
    private Instant moment(ZonedDateTime shown) {
        LocalDateTime local = shown.toLocalDateTime();
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (change == null) {
            return local.atZone(zone).toInstant();
        }
        return change.isGap() ? change.getInstant() : local.toInstant(change.getOffsetBefore());
    }

    @Override
    public String toString() {
        return "cron " + expression + (zone.equals(ZoneOffset.UTC) ? "" : " in " + zone);
    }
}
