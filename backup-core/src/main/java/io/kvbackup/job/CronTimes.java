package io.kvbackup.job;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Times of a Unix cron expression. A daily time that a change of the clocks skips falls on the moment of that change; one
 * that it repeats counts once. Schedules that run every hour, or every few, go on in steps of real time.
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
                            + "; expected minute, hour, day of month, month and day of week as in '0 2 * * *', or one of "
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
        Optional<Instant> next = times.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
        ZoneOffsetTransition change = zone.getRules().nextTransition(after);
        boolean changeIsFirst =
                change != null && next.isPresent() && change.getInstant().isBefore(next.get());
        return changeIsFirst && skips(change) ? Optional.of(change.getInstant()) : next;
    }

    @Override
    public Optional<Instant> latest(Instant until) {
        Instant end = until.plusNanos(1);
        Optional<Instant> last = times.lastExecution(end.atZone(zone)).map(ZonedDateTime::toInstant);
        ZoneOffsetTransition change = zone.getRules().previousTransition(end);
        boolean changeIsLast =
                change != null && (last.isEmpty() || change.getInstant().isAfter(last.get()));
        return changeIsLast && skips(change) ? Optional.of(change.getInstant()) : last;
    }

    /** Whether one of the times would have been within the hour that clocks leave out. */
    private boolean skips(@Nullable ZoneOffsetTransition change) {
        if (change == null || !change.isGap() || !fixedHours) {
            return false;
        }
        ZonedDateTime from = change.getDateTimeBefore().minusNanos(1).atZone(ZoneOffset.UTC);
        LocalDateTime to = change.getDateTimeAfter();
        return times.nextExecution(from)
                .filter(time -> time.toLocalDateTime().isBefore(to))
                .isPresent();
    }

    @Override
    public String toString() {
        return "cron " + expression + (zone.equals(ZoneOffset.UTC) ? "" : " in " + zone);
    }
}
