package io.kvbackup.retention;

import static io.kvbackup.retention.TestBackups.at;
import static io.kvbackup.retention.TestBackups.marked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupMarks;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionPolicyTest {
    private static List<Backup> kept(RetentionPolicy policy, Backup... backups) {
        List<Backup> shuffled = new ArrayList<>(Arrays.asList(backups));
        Collections.shuffle(shuffled, new Random(1));
        RetentionPolicy.Choice choice = policy.choose(shuffled);
        assertThat(choice.kept().size() + choice.removed().size()).isEqualTo(backups.length);
        return choice.kept().stream().map(RetentionPolicy.Kept::backup).toList();
    }

    private static List<String> reasons(RetentionPolicy policy, Backup backup, Backup... others) {
        List<Backup> all = new ArrayList<>(Arrays.asList(others));
        all.add(backup);
        return policy.choose(all).kept().stream()
                .filter(each -> each.backup().equals(backup))
                .flatMap(each -> each.reasons().stream())
                .toList();
    }

    private final RetentionPolicy lastOne =
            RetentionPolicy.builder().keepLast(1).build();

    @Test
    void keepsTheLastOnes() {
        Backup a = at("2026-11-20T10:00:00Z");
        Backup b = at("2026-11-20T11:00:00Z");
        Backup c = at("2026-11-20T12:00:00Z");

        assertThat(kept(RetentionPolicy.builder().keepLast(2).build(), a, b, c)).containsExactly(c, b);
        assertThat(kept(RetentionPolicy.builder().keepLast(9).build(), a, b, c)).containsExactly(c, b, a);
        assertThat(reasons(lastOne, c, a, b)).containsExactly("newest, none is verified", "last 1 of 1");
    }

    @Test
    void keepsTheNewestOfEachSpanThatHasOne() {
        Backup a = at("2026-11-01T10:00:00Z");
        Backup b = at("2026-11-18T01:00:00Z");
        Backup c = at("2026-11-18T23:59:59.999Z");
        Backup d = at("2026-11-20T00:00:00Z");

        assertThat(kept(RetentionPolicy.builder().keepDaily(2).build(), a, b, c, d))
                .containsExactly(d, c);
        assertThat(kept(RetentionPolicy.builder().keepDaily(3).build(), a, b, c, d))
                .containsExactly(d, c, a);
        assertThat(kept(RetentionPolicy.builder().keepMonthly(5).build(), a, b, c, d))
                .containsExactly(d);
        assertThat(reasons(RetentionPolicy.builder().keepDaily(2).build(), c, a, b, d))
                .containsExactly("daily 2026-11-18");
    }

    @Test
    void weeksAreThoseOfIso() {
        Backup sunday = at("2027-01-03T23:00:00Z"); // still in week 53 of 2026
        Backup thursday = at("2026-12-31T12:00:00Z");
        Backup monday = at("2027-01-04T00:00:00Z");
        RetentionPolicy policy = RetentionPolicy.builder().keepWeekly(2).build();

        assertThat(kept(policy, thursday, sunday, monday)).containsExactly(monday, sunday);
        assertThat(reasons(policy, sunday, thursday, monday)).containsExactly("weekly 2026-W53");
    }

    @Test
    void daysBeginWhereTheZoneSays() {
        Backup evening = at("2026-11-19T22:59:00Z");
        Backup midnight = at("2026-11-19T23:01:00Z"); // the 20th in Berlin
        Backup morning = at("2026-11-20T06:00:00Z");
        RetentionPolicy berlin = RetentionPolicy.builder()
                .keepDaily(2)
                .zone(ZoneId.of("Europe/Berlin"))
                .build();

        assertThat(kept(berlin, evening, midnight, morning)).containsExactly(morning, evening);
        assertThat(kept(RetentionPolicy.builder().keepDaily(2).build(), evening, midnight, morning))
                .containsExactly(morning, midnight);
    }

    @Test
    void theHourThatComesTwiceCountsTwice() {
        Backup summer = at("2026-10-25T00:30:00Z"); // 02:30 in Berlin
        Backup winter = at("2026-10-25T01:30:00Z"); // 02:30 again
        RetentionPolicy policy = RetentionPolicy.builder()
                .keepHourly(2)
                .zone(ZoneId.of("Europe/Berlin"))
                .build();

        assertThat(kept(policy, summer, winter)).containsExactly(winter, summer);
    }

    @Test
    void withinCountsFromTheNewest() {
        Backup old = at("2020-01-01T00:00:00Z");
        Backup a = at("2020-01-09T00:00:00Z");
        Backup b = at("2020-01-10T00:00:00Z");

        assertThat(kept(RetentionPolicy.builder().keepWithin(Duration.ofDays(1)).build(), old, a, b))
                .containsExactly(b, a);
    }

    @Test
    void tagsAndPinsStay() {
        Backup tagged = marked("2020-01-01T00:00:00Z", TestBackups.tagged("release", "x"));
        Backup pinned = marked("2020-01-02T00:00:00Z", TestBackups.pinned());
        Backup other = marked("2020-01-03T00:00:00Z", TestBackups.tagged("y"));
        Backup last = at("2020-01-04T00:00:00Z");
        RetentionPolicy policy = RetentionPolicy.builder().keepTag("release").build();

        assertThat(kept(policy, tagged, pinned, other, last)).containsExactly(last, pinned, tagged);
        assertThat(reasons(policy, tagged, last)).containsExactly("tag release");
        assertThat(reasons(policy, pinned, last)).containsExactly("pinned");
    }

    @Test
    void theNewestVerifiedStays() {
        Backup verified = marked("2020-01-01T00:00:00Z", TestBackups.verified(true));
        Backup older = marked("2019-01-01T00:00:00Z", TestBackups.verified(true));
        Backup a = at("2020-01-02T00:00:00Z");
        Backup b = at("2020-01-03T00:00:00Z");

        assertThat(kept(lastOne, older, verified, a, b)).containsExactly(b, verified);
        assertThat(reasons(lastOne, verified, older, a, b)).containsExactly("newest verified");
    }

    @Test
    void aDamagedBackupTakesNoPlace() {
        Backup good = at("2020-01-01T00:00:00Z");
        Backup damaged = marked("2020-01-02T00:00:00Z", TestBackups.verified(false));

        assertThat(kept(lastOne, good, damaged)).containsExactly(damaged, good);
        assertThat(reasons(lastOne, damaged, good)).containsExactly("last 1 of 1 (damaged, does not count)");
        assertThat(reasons(lastOne, good, damaged)).containsExactly("newest, none is verified", "last 1 of 1");
        assertThat(kept(RetentionPolicy.builder().keepTag("none").build(), damaged))
                .containsExactly(damaged);
    }

    @Test
    void archivesWithoutManifestAreNotJudgedAndTakeNoPlace() {
        Backup foreign = TestBackups.of("orders", Instant.parse("2020-01-09T00:00:00Z"), BackupMarks.NONE, false);
        Backup a = at("2020-01-01T00:00:00Z");

        assertThat(kept(lastOne, foreign, a)).containsExactly(foreign, a);
        assertThat(reasons(lastOne, foreign, a)).containsExactly("no manifest");
    }

    @Test
    void eachDatabaseIsJudgedByItself() {
        Backup a1 = TestBackups.of("a", Instant.parse("2020-01-01T00:00:00Z"), BackupMarks.NONE, true);
        Backup a2 = TestBackups.of("a", Instant.parse("2020-01-02T00:00:00Z"), BackupMarks.NONE, true);
        Backup b1 = TestBackups.of("b", Instant.parse("2019-01-01T00:00:00Z"), BackupMarks.NONE, true);
        Backup b2 = TestBackups.of("b", Instant.parse("2019-01-02T00:00:00Z"), BackupMarks.NONE, true);
        RetentionPolicy policy = RetentionPolicy.builder()
                .keepLast(1)
                .forDatabase("b", RetentionPolicy.builder().keepLast(2).build())
                .build();

        assertThat(kept(policy, a1, a2, b1, b2)).containsExactly(a2, b2, b1);
        assertThat(policy).hasToString("keep last 1, b: {keep last 2}");
    }

    @Test
    void thePolicyIsPureAndIdempotent() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RetentionPolicy policy = RetentionPolicy.builder()
                .keepLast(3)
                .keepDaily(4)
                .keepMonthly(2)
                .build();
        for (int round = 0; round < 200; round++) {
            Backup[] all = IntStream.range(0, random.nextInt(60))
                    .mapToObj(i -> TestBackups.of(
                            "orders",
                            Instant.ofEpochSecond(1_700_000_000 + random.nextInt(40_000_000)),
                            random.nextInt(5) == 0 ? TestBackups.verified(random.nextBoolean()) : BackupMarks.NONE,
                            true))
                    .distinct()
                    .toArray(Backup[]::new);
            List<Backup> once = kept(policy, all);
            assertThat(kept(policy, once.toArray(Backup[]::new)))
                    .as("seed %d", seed)
                    .isEqualTo(once);
        }
    }

    @Test
    void anEmptyPolicyIsRefused() {
        assertThatThrownBy(() -> RetentionPolicy.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
        assertThatThrownBy(() ->
                        RetentionPolicy.builder().forDatabase("a", lastOne).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void countsThatMakeNoSenseAreRefused(int count) {
        RetentionPolicy.Builder builder = RetentionPolicy.builder();
        for (Runnable each : List.<Runnable>of(
                () -> builder.keepLast(count),
                () -> builder.keepHourly(count),
                () -> builder.keepDaily(count),
                () -> builder.keepWeekly(count),
                () -> builder.keepMonthly(count),
                () -> builder.keepYearly(count))) {
            assertThatThrownBy(each::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(count));
        }
        assertThatThrownBy(() -> builder.keepWithin(Duration.ofSeconds(Math.min(0, count))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.keepTag(" ")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRuleIsSetOnce() {
        assertThatThrownBy(() -> RetentionPolicy.builder().keepLast(1).keepLast(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("keepLast");
        assertThatThrownBy(() -> RetentionPolicy.builder().keepDaily(1).keepDaily(2))
                .isInstanceOf(IllegalStateException.class);
    }
}
