package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cron on clocks that change, against a model that watches such a clock minute by minute. */
class DaylightSavingTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final int MINUTES = 365 * 24 * 60;
    private static final Duration ABOUT = Duration.ofHours(4);

    private record Daily(String expression, Predicate<LocalDateTime> matches) {}

    private static final List<Daily> DAILY = List.of(
            new Daily("30 2 * * *", time -> time.getHour() == 2 && time.getMinute() == 30),
            new Daily("45 1 * * *", time -> time.getHour() == 1 && time.getMinute() == 45),
            new Daily("15 2 * * *", time -> time.getHour() == 2 && time.getMinute() == 15),
            new Daily("0 3 * * *", time -> time.getHour() == 3 && time.getMinute() == 0),
            new Daily(
                    "*/20 1-3 * * *", time -> time.getHour() >= 1 && time.getHour() <= 3 && time.getMinute() % 20 == 0),
            new Daily(
                    "0 2 * * SUN",
                    time -> time.getDayOfWeek() == DayOfWeek.SUNDAY && time.getHour() == 2 && time.getMinute() == 0));

    /** When somebody who looks at the clock every minute, and notes what was shown already, does each of them. */
    private static Map<Daily, NavigableSet<Instant>> watch(ZoneId zone) {
        Map<Daily, NavigableSet<Instant>> times = new HashMap<>();
        DAILY.forEach(daily -> times.put(daily, new TreeSet<>()));
        Set<LocalDateTime> shown = new HashSet<>();
        LocalDateTime expected = BEGIN.minus(2, ChronoUnit.DAYS).atZone(zone).toLocalDateTime();
        for (int minute = -2 * 24 * 60; minute < MINUTES + 10 * 24 * 60; minute++) {
            Instant now = BEGIN.plus(minute, ChronoUnit.MINUTES);
            LocalDateTime clock = now.atZone(zone).toLocalDateTime();
            List<LocalDateTime> passed = new ArrayList<>();
            if (shown.add(clock)) {
                passed.add(clock);
            }
            for (LocalDateTime skipped = expected; skipped.isBefore(clock); skipped = skipped.plusMinutes(1)) {
                passed.add(skipped);
            }
            times.forEach((daily, due) -> {
                if (passed.stream().anyMatch(daily.matches())) {
                    due.add(now);
                }
            });
            expected = clock.plusMinutes(1);
        }
        return times;
    }

    @Test
    void dailyTimesAreThoseOfSomebodyWhoWatchesTheClock() {
        assertDailyTimes("Europe/Berlin", DAILY.subList(0, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"})
    @Tag("thorough")
    void dailyTimesOfAllKinds(String id) {
        assertDailyTimes(id, DAILY);
    }

    private static void assertDailyTimes(String id, List<Daily> all) {
        ZoneId zone = ZoneId.of(id);
        Map<Daily, NavigableSet<Instant>> watched = watch(zone);
        for (Daily daily : all) {
            Schedule schedule = Schedule.cron(daily.expression(), zone);
            NavigableSet<Instant> times = watched.get(daily);
            for (int minute = 0; minute < MINUTES; minute += isNearAChange(zone, minute) ? 1 : 601) {
                Instant now = BEGIN.plus(minute, ChronoUnit.MINUTES);
                for (Instant at : List.of(now, now.plusSeconds(17))) {
                    String what = daily.expression() + " in " + id + " at " + at;
                    assertThat(schedule.next(at).orElseThrow()).as(what).isEqualTo(times.higher(at));
                    if (minute >= 8 * 24 * 60) {
                        assertThat(schedule.times().latest(at).orElseThrow())
                                .as(what)
                                .isEqualTo(times.floor(at));
                    }
                }
            }
        }
    }

    private static boolean isNearAChange(ZoneId zone, int minute) {
        Instant now = BEGIN.plus(minute, ChronoUnit.MINUTES);
        return !zone.getRules()
                .getOffset(now.minus(ABOUT))
                .equals(zone.getRules().getOffset(now.plus(ABOUT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York"})
    void hourlyTimesGoOnInRealTimeWheneverOneAsks(String id) {
        ZoneId zone = ZoneId.of(id);
        Schedule hourly = Schedule.cron("15 * * * *", zone);
        for (int minute = 0; minute < MINUTES; minute += isNearAChange(zone, minute) ? 1 : 601) {
            Instant at = BEGIN.plus(minute, ChronoUnit.MINUTES).plusSeconds(17);
            Instant quarterPast = at.minus(15, ChronoUnit.MINUTES)
                    .truncatedTo(ChronoUnit.HOURS)
                    .plus(15, ChronoUnit.MINUTES);
            assertThat(hourly.times().latest(at)).as("at %s", at).contains(quarterPast);
            assertThat(hourly.next(at)).as("at %s", at).contains(quarterPast.plus(1, ChronoUnit.HOURS));
        }
    }

    @Test
    void aRunThatEndsBetweenTheMinutesIsNotRepeatedWithTheHour() throws IOException {
        SimulatedTime time = new SimulatedTime(Instant.parse("2026-10-24T12:00:01Z"));
        NavigableSet<Instant> runs = new TreeSet<>();
        try (Jobs jobs = Jobs.open(
                JobOptions.builder()
                        .timer(time)
                        .executor(Runnable::run)
                        .alone(true)
                        .build(),
                new JobsFixture().host(time))) {
            Schedule nightly = Schedule.cron("30 2 * * *", ZoneId.of("Europe/Berlin"));
            jobs.schedule("nightly", nightly, JobTask.of("work", job -> {
                runs.add(time.instant());
                time.pass(Duration.ofSeconds(17));
            }));
            time.pass(Duration.ofDays(2));
        }

        assertThat(runs).containsExactly(Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-26T01:30:00Z"));
    }
}
