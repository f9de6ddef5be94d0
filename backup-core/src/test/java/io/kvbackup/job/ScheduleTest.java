package io.kvbackup.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant BEFORE_SPRING = Instant.parse("2026-03-28T12:00:00Z");
    private static final Instant BEFORE_AUTUMN = Instant.parse("2026-10-24T12:00:00Z");

    private static List<Instant> instants(String... times) {
        return java.util.Arrays.stream(times).map(Instant::parse).toList();
    }

    @Test
    void cronIsInUtcUnlessAZoneIsGiven() {
        assertThat(Schedule.cron("0 2 * * *").next(BEFORE_SPRING, 2))
                .isEqualTo(instants("2026-03-29T02:00:00Z", "2026-03-30T02:00:00Z"));
        assertThat(Schedule.cron("0 2 * * *", ZoneId.of("Asia/Tokyo")).next(BEFORE_SPRING, 1))
                .isEqualTo(instants("2026-03-28T17:00:00Z"));
    }

    @Test
    void aDailyTimeThatSpringSkipsRunsAtTheChange() {
        Schedule daily = Schedule.cron("30 2 * * *", BERLIN);

        assertThat(daily.next(BEFORE_SPRING, 2)).isEqualTo(instants("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"));
        assertThat(daily.times().latest(Instant.parse("2026-03-29T09:00:00Z")))
                .contains(Instant.parse("2026-03-29T01:00:00Z"));
        assertThat(daily.times().latest(Instant.parse("2026-03-30T00:30:00Z")))
                .contains(Instant.parse("2026-03-30T00:30:00Z"));
    }

    @Test
    void aDailyTimeThatAutumnRepeatsRunsOnce() {
        assertThat(Schedule.cron("30 2 * * *", BERLIN).next(BEFORE_AUTUMN, 2))
                .isEqualTo(instants("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
    }

    @Test
    void hourlyTimesGoOnInRealTimeThroughBothChanges() {
        for (Instant before : List.of(BEFORE_SPRING, BEFORE_AUTUMN)) {
            List<Instant> times = Schedule.cron("15 * * * *", BERLIN).next(before, 48);
            for (int i = 1; i < times.size(); i++) {
                assertThat(Duration.between(times.get(i - 1), times.get(i))).isEqualTo(Duration.ofHours(1));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0 1 1,31 * *; UTC; PT24H", // 31 January to 1 February; from 1970-01-01, 30 days come first
                "0,50 * * * *; UTC; PT10M",
                "0 0,1 * * *; UTC; PT1H",
                "0 1,23 * * *; UTC; PT2H",
                "0 12 1 * *; UTC; PT672H", // February
                "0 0 29 2 *; UTC; PT35064H",
                "0 0 1,29 2,3 *; UTC; PT24H", // leap years only
                "0 12 * * *; Europe/Berlin; PT23H",
                "0 2,4 * * *; Europe/Berlin; PT1H", // 2:00 is skipped, and runs at 3:00
                "30 1,3 * * *; America/New_York; PT1H",
                "@weekly; Europe/Berlin; PT167H"
            })
    void jitterIsShorterThanTheShortestGap(String cron, ZoneId zone, Duration shortest) {
        Schedule schedule = Schedule.cron(cron, zone);
        assertThatThrownBy(() -> schedule.withJitter(shortest))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(shortest.toString(), cron);
        Duration shorter = shortest.minusSeconds(1);
        assertThat(schedule.withJitter(shorter).jitter()).isEqualTo(shorter);
    }

    /** Whatever the expression: no run is delayed past the next one. */
    @Test
    void noTimeOfAScheduleIsWithinTheJitterOfAnother() {
        assertApart(10);
    }

    @Test
    @Tag("thorough")
    void noTimeOfManySchedulesIsWithinTheJitterOfAnother() {
        assertApart(60);
    }

    private static void assertApart(int schedules) {
        long seed = 20261128;
        Random random = new Random(seed);
        for (int i = 0; i < schedules; i++) {
            String cron = part(random, 0, 59) + " " + part(random, 0, 23) + " " + part(random, 1, 28) + " * "
                    + (random.nextBoolean() ? "*" : random.nextInt(7));
            Schedule schedule = Schedule.cron(cron, random.nextBoolean() ? BERLIN : ZoneId.of("America/St_Johns"));
            List<Instant> times = schedule.next(Instant.parse("2026-01-01T00:00:00Z"), 600);
            Duration shortest = IntStream.range(1, times.size())
                    .mapToObj(n -> Duration.between(times.get(n - 1), times.get(n)))
                    .min(Duration::compareTo)
                    .orElseThrow();
            assertThatThrownBy(() -> schedule.withJitter(shortest))
                    .as("seed %d, %s", seed, schedule)
                    .isNotNull();
        }
    }

    private static String part(Random random, int from, int to) {
        return switch (random.nextInt(4)) {
            case 0 -> "*";
            case 1 -> "*/" + (2 + random.nextInt(8));
            default ->
                IntStream.range(0, 1 + random.nextInt(3))
                        .mapToObj(i -> Integer.toString(from + random.nextInt(to - from + 1)))
                        .distinct()
                        .collect(Collectors.joining(","));
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@hourly",
                "@daily",
                "@midnight",
                "@weekly",
                "@monthly",
                "@yearly",
                "@annually",
                " @Daily ",
                "0 0 * * 7",
                "*/5 1-3 * * MON-FRI",
                "0 0 29 2 *",
                "0 0 1 JAN,JUL *"
            })
    void theLatestTimeIsTheOneBeforeTheNext(String expression) {
        Schedule schedule = Schedule.cron(expression);
        List<Instant> times = schedule.next(BEFORE_SPRING, 5);
        for (int i = 0; i < 4; i++) {
            assertThat(schedule.times().latest(times.get(i))).contains(times.get(i));
            assertThat(schedule.times().latest(times.get(i + 1).minusMillis(1))).contains(times.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "* * * *",
                "0 2 * * * *",
                "61 * * * *",
                "0 24 * * *",
                "*/0 * * * *",
                "5-1 * * * *",
                "@never",
                "0 0 30 2 *",
                "0 0 31 4,6,9,11 *"
            })
    void nonsenseIsRefusedWithTheExpression(String expression) {
        assertThatThrownBy(() -> Schedule.cron(expression))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cron expression '" + expression + "'");
    }

    @Test
    void everyCountsFromTheEpoch() {
        Schedule hourly = Schedule.every(Duration.ofHours(1));

        assertThat(hourly.next(Instant.parse("2026-11-20T12:34:56Z"), 2))
                .isEqualTo(instants("2026-11-20T13:00:00Z", "2026-11-20T14:00:00Z"));
        assertThat(hourly.times().latest(Instant.parse("2026-11-20T12:00:00Z")))
                .contains(Instant.parse("2026-11-20T12:00:00Z"));
        assertThat(hourly.next(Instant.parse("1969-12-31T23:30:00Z"))).contains(Instant.EPOCH);
    }

    @Test
    void badDurationsAreRefusedWithTheValue() {
        for (Duration bad :
                List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofNanos(1), Duration.ofDays(9999))) {
            assertThatThrownBy(() -> Schedule.every(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(bad.toString());
        }
        Schedule hourly = Schedule.every(Duration.ofHours(1));
        assertThatThrownBy(() -> hourly.withJitter(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> hourly.withJitter(Duration.ofHours(1))).hasMessageContaining("PT1H");
        assertThatThrownBy(() -> hourly.withRetry(0, Duration.ofSeconds(1))).hasMessageContaining("not 0");
        assertThatThrownBy(() -> hourly.withRetry(1, Duration.ZERO)).hasMessageContaining("PT0S");
    }

    @Test
    void pausesDoubleUpToAnHour() {
        Schedule schedule = Schedule.cron("@daily").withRetry(10, Duration.ofMinutes(10));

        assertThat(schedule.pauseAfter(1)).contains(Duration.ofMinutes(10));
        assertThat(schedule.pauseAfter(3)).contains(Duration.ofMinutes(40));
        assertThat(schedule.pauseAfter(4)).contains(Duration.ofHours(1));
        assertThat(schedule.pauseAfter(9)).contains(Duration.ofHours(1));
        assertThat(schedule.pauseAfter(10)).isEmpty();
    }

    @Test
    void saysWhatItIs() {
        assertThat(Schedule.cron("@daily", BERLIN)).hasToString("cron @daily in Europe/Berlin");
        assertThat(Schedule.every(Duration.ofHours(6)).withJitter(Duration.ofMinutes(5)))
                .hasToString("every PT6H, up to PT5M later");
    }
}
