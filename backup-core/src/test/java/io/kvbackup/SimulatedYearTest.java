package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.WeekFields;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A year of backups with the clock in fast motion. After every prune the store lists exactly what a model says
 * that was written in another way: it keeps a set of all stamps and asks, for each span of the calendar, which is its
 * last. Every backup that a prune has kept is restored, when no later one keeps it.
 */
class SimulatedYearTest {
    private static final RetentionPolicy POLICY = RetentionPolicy.builder()
            .keepLast(24)
            .keepDaily(7)
            .keepWeekly(5)
            .keepMonthly(12)
            .keepYearly(3)
            .build();

    private final PruneHost host = new PruneHost();
    private final Map<Instant, String> names = new HashMap<>();
    private final Set<Instant> everKept = new HashSet<>();
    private final Set<Instant> restored = new HashSet<>();

    /** Those that may stay, by stamp; the model forgets what it has let go. */
    private NavigableSet<Instant> model = new TreeSet<>();

    /** The last stamp of each span, and of these spans the last so many. */
    private Set<Instant> lastOfSpans(Function<LocalDateTime, Comparable<?>> span, int count) {
        Map<Object, Instant> lasts = new TreeMap<>(model.stream()
                .collect(Collectors.toMap(
                        stamp -> span.apply(LocalDateTime.ofInstant(stamp, ZoneOffset.UTC)),
                        stamp -> stamp,
                        (a, b) -> a.isAfter(b) ? a : b)));
        TreeSet<Instant> newest = new TreeSet<>(lasts.values());
        while (newest.size() > count) {
            newest.pollFirst();
        }
        return newest;
    }

    private void pruneModel() {
        TreeSet<Instant> stay = new TreeSet<>();
        stay.addAll(lastOfSpans(time -> time, 24));
        stay.addAll(lastOfSpans(LocalDateTime::toLocalDate, 7));
        stay.addAll(lastOfSpans(time -> time.toLocalDate().with(WeekFields.ISO.dayOfWeek(), 1), 5));
        stay.addAll(lastOfSpans(time -> time.getYear() * 100 + time.getMonthValue(), 12));
        stay.addAll(lastOfSpans(LocalDateTime::getYear, 3));
        model = stay;
    }

    @Test
    void forSixWeeksAfterEveryPruneTheModelAgreesAndWhatItKeptRestores() throws Exception {
        simulate(6 * 7 * 24, 1, 30, 40);
    }

    @Test
    @Tag("thorough")
    void forAYearWithABackupEveryFiveHoursTheyDoToo() throws Exception {
        simulate(366 * 24 / 5 + 8, 5, 36, 48);
    }

    @Test
    @Tag("soak")
    void afterEveryPruneTheModelAgreesAndWhatItKeptRestores() throws Exception {
        simulate(366 * 24 + 40, 1, 40, 48);
    }

    private void simulate(int backups, int hoursBetween, int fewest, int most) throws Exception {
        try (BackupManager manager = host.manager()) {
            for (int number = 0; number < backups; number++) {
                Backup backup = host.backup(manager, number);
                host.pass(Duration.ofHours(hoursBetween - 1));
                model.add(backup.timestamp());
                names.put(backup.timestamp(), String.valueOf(number));
                // Not after every one, and not at the same time each day, so that what is removed together varies.
                if (number % 19 == 0 || number == backups - 1) {
                    prune(manager, number);
                }
            }
            assertThat(model).hasSizeBetween(fewest, most);
            restore(manager, manager.listBackups());
            assertThat(restored).isEqualTo(everKept).hasSizeGreaterThan(backups * 9 / 10);
            host.pass(Duration.ofDays(2));
            manager.planPrune(POLICY).execute();
            assertThat(host.keys()).hasSize(2 * model.size());
        }
    }

    private void prune(BackupManager manager, int number) throws IOException {
        PrunePlan plan = manager.planPrune(POLICY);
        // A backup is restored after the last prune that kept it, so it had survived all of them.
        restore(
                manager,
                plan.removed().stream()
                        .filter(backup -> everKept.contains(backup.timestamp()))
                        .toList());
        pruneModel();
        assertThat(stamps(plan.kept().stream().map(RetentionPolicy.Kept::backup).toList()))
                .as("backup %d", number)
                .isEqualTo(model);
        plan.execute();
        assertThat(stamps(manager.listBackups())).as("backup %d", number).isEqualTo(model);
        everKept.addAll(model);
    }

    private void restore(BackupManager manager, Collection<Backup> backups) throws IOException {
        for (Backup backup : backups) {
            assertThat(host.restored(manager, backup.objectName()))
                    .as("%s", backup.objectName())
                    .isEqualTo(names.get(backup.timestamp()));
            restored.add(backup.timestamp());
        }
    }

    private static Set<Instant> stamps(Collection<Backup> backups) {
        return backups.stream().map(Backup::timestamp).collect(Collectors.toCollection(TreeSet::new));
    }
}
