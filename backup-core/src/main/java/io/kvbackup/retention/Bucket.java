package io.kvbackup.retention;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** A span of the calendar; a rule keeps the newest backup of each. */
enum Bucket {
    HOURLY {
        @Override
        String of(ZonedDateTime time) {
            // With its offset: when clocks are set back, one hour of the day comes twice.
            ZonedDateTime hour = time.truncatedTo(ChronoUnit.HOURS);
            return hour.toLocalDateTime() + hour.getOffset().getId();
        }
    },
    DAILY {
        @Override
        String of(ZonedDateTime time) {
            return time.toLocalDate().toString();
        }
    },
    WEEKLY {
        @Override
        String of(ZonedDateTime time) {
            return String.format(
                    Locale.ROOT,
                    "%04d-W%02d",
                    time.get(IsoFields.WEEK_BASED_YEAR),
                    time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        }
    },
    MONTHLY {
        @Override
        String of(ZonedDateTime time) {
            return String.format(Locale.ROOT, "%04d-%02d", time.getYear(), time.getMonthValue());
        }
    },
    YEARLY {
        @Override
        String of(ZonedDateTime time) {
            return String.format(Locale.ROOT, "%04d", time.getYear());
        }
    };

    /** The name of the span that holds a moment. */
    abstract String of(ZonedDateTime time);

    final String of(Instant time, ZoneId zone) {
        return of(time.atZone(zone));
    }

    final String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
