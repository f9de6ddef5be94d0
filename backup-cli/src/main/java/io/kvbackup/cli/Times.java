package io.kvbackup.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moments and spans of time, as people type them. */
final class Times {
    static final String HELP =
            "2026-11-20, 2026-11-20T12:00, 2026-11-20T12:00:00+01:00 (UTC without an offset), " + "or 90m, 2h, 3d ago";

    private static final Pattern SPAN = Pattern.compile("([0-9]{1,6}) ?(s|m|h|d|w)");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private Times() {}

    static Instant moment(String text, Clock clock) {
        String given = text.strip();
        if (SPAN.matcher(given).matches()) {
            return clock.instant().minus(span(given));
        }
        String time = given.replace(' ', 'T').toUpperCase(Locale.ROOT);
        try {
            if (time.indexOf('T') < 0) {
                return LocalDate.parse(time).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            boolean zoned =
                    time.endsWith("Z") || time.lastIndexOf('+') > 0 || time.lastIndexOf('-') > time.indexOf('T');
            return zoned
                    ? OffsetDateTime.parse(time).toInstant()
                    : LocalDateTime.parse(time).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'" + text + "' is not a time; write " + HELP, e);
        }
    }

    static Duration span(String text) {
        Matcher span = SPAN.matcher(text.strip());
        if (!span.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a span of time; write a number and s, m, h, d or w, as in 90m or 7d");
        }
        return Objects.requireNonNull(UNITS.get(span.group(2))).multipliedBy(Long.parseLong(span.group(1)));
    }
}
