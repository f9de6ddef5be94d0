package io.kvbackup;

import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A schedule as a setting says it: when, and then what, between semicolons, as in {@code cron 0 2 * * *; backup all;
 * keep daily 7 weekly 5 monthly 12; verify older 30d}.
 */
final class ScheduleSettings {
    private static final String EXAMPLE = "; as in 'cron 0 2 * * *; backup all; keep daily 7 weekly 5 monthly 12'";

    private final BackupManager manager;

    private ScheduleSettings(BackupManager manager) {
        this.manager = manager;
    }

    /** @throws IllegalArgumentException if one makes no sense; names the setting */
    static void apply(Settings settings, BackupManager manager) {
        settings.schedules().forEach((name, given) -> {
            try {
                new ScheduleSettings(manager).add(name, given.value());
            } catch (IllegalArgumentException e) {
                throw given.refused(String.valueOf(e.getMessage()));
            }
        });
    }

    private void add(String name, String text) {
        List<String> clauses = Arrays.stream(text.split(";", -1))
                .map(String::strip)
                .filter(clause -> !clause.isEmpty())
                .toList();
        Schedule schedule = clauses.isEmpty() ? null : when(clauses.get(0));
        if (schedule == null || clauses.size() < 2) {
            throw new IllegalArgumentException("it must say when, and then what" + EXAMPLE);
        }
        List<JobTask.Work> steps = new ArrayList<>();
        for (String clause : clauses.subList(1, clauses.size())) {
            steps.add(step(clause));
        }
        String kind = words(clauses.get(1)).getFirst();
        manager.jobs().schedule(name, schedule, JobTask.of(kind.equals("keep") ? "prune" : kind, job -> {
            for (JobTask.Work step : steps) {
                step.run(job);
                job.checkActive();
            }
        }));
    }

    private static Deque<String> words(String clause) {
        return new ArrayDeque<>(List.of(clause.toLowerCase(Locale.ROOT).split("\\s+")));
    }

    /** {@code cron 0 2 * * *}, {@code every 6h}; then {@code zone Europe/Berlin} and {@code jitter 10m}. */
    private static Schedule when(String clause) {
        Deque<String> words = new ArrayDeque<>(List.of(clause.split("\\s+")));
        String kind = words.removeFirst().toLowerCase(Locale.ROOT);
        List<String> fields = new ArrayList<>();
        Optional<ZoneId> zone = Optional.empty();
        Optional<Duration> jitter = Optional.empty();
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            switch (word.toLowerCase(Locale.ROOT)) {
                case "zone" -> zone = Optional.of(zone(next(words, word)));
                case "jitter" -> jitter = Optional.of(duration(next(words, word)));
                default -> fields.add(word);
            }
        }
        String times = String.join(" ", fields);
        Schedule schedule = switch (kind) {
            case "cron" -> zone.isPresent() ? Schedule.cron(times, zone.get()) : Schedule.cron(times);
            case "every" -> Schedule.every(duration(times));
            default ->
                throw new IllegalArgumentException(
                        "it starts with '" + kind + "', and must start with 'cron' or 'every'" + EXAMPLE);
        };
        return jitter.isPresent() ? schedule.withJitter(jitter.get()) : schedule;
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no time zone; write one such as Europe/Berlin or UTC", e);
        }
    }

    private static String next(Deque<String> words, String after) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("something is missing after '" + after + "'");
        }
        return words.removeFirst();
    }

    private static Duration duration(String text) {
        return Settings.duration(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no time; write one such as 7d, 12h, 30m, 90s or 500ms"));
    }

    private JobTask.Work step(String clause) {
        Deque<String> words = words(clause);
        String verb = words.removeFirst();
        return switch (verb) {
            case "backup" -> backup(clause);
            case "keep" -> keep(words);
            case "verify" -> verify(words);
            default ->
                throw new IllegalArgumentException(
                        "'" + verb + "' is unknown; known are 'backup', 'keep' and 'verify'" + EXAMPLE);
        };
    }

    /** {@code backup all}, {@code backup orders stock}; then {@code full}, {@code incremental}, {@code if changed}. */
    private JobTask.Work backup(String clause) {
        Deque<String> words = new ArrayDeque<>(List.of(clause.split("[\\s,]+")));
        words.removeFirst();
        BackupOptions.Builder options = BackupOptions.builder();
        List<String> names = new ArrayList<>();
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            switch (word) {
                case "full" -> options.kind(BackupKind.FULL);
                case "incremental" -> options.kind(BackupKind.INCREMENTAL);
                case "if" -> {
                    if (!next(words, word).equals("changed")) {
                        throw new IllegalArgumentException("after 'if' comes 'changed'");
                    }
                    options.skipIfUnchanged(true);
                }
                default -> names.add(word);
            }
        }
        if (names.isEmpty()) {
            throw new IllegalArgumentException("'backup' needs the names of databases, or 'all'");
        }
        BackupOptions chosen = options.build();
        if (names.equals(List.of("all"))) {
            return job -> job.result(manager.backupAllDatabases(chosen).objectName());
        }
        names.forEach(name -> manager.backupTask(name, chosen)); // refuses unknown ones
        return job -> {
            for (String name : names) {
                Backup backup = manager.backupDatabase(name, chosen);
                job.result(backup.objectName());
                job.checkActive();
            }
        };
    }

    /** {@code keep last 3 hourly 24 daily 7 weekly 5 monthly 12 yearly 3 within 2d tag release}. */
    private JobTask.Work keep(Deque<String> words) {
        RetentionPolicy.Builder policy = RetentionPolicy.builder();
        while (!words.isEmpty()) {
            String rule = words.removeFirst();
            String value = next(words, rule);
            switch (rule) {
                case "last" -> policy.keepLast(count(value));
                case "hourly" -> policy.keepHourly(count(value));
                case "daily" -> policy.keepDaily(count(value));
                case "weekly" -> policy.keepWeekly(count(value));
                case "monthly" -> policy.keepMonthly(count(value));
                case "yearly" -> policy.keepYearly(count(value));
                case "within" -> policy.keepWithin(duration(value));
                case "tag" -> policy.keepTag(value);
                default ->
                    throw new IllegalArgumentException("'keep " + rule
                            + "' is unknown; known are last, hourly, daily, weekly, monthly, yearly, within and tag");
            }
        }
        RetentionPolicy kept = policy.build();
        return job -> manager.planPrune(kept).execute();
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException("'" + text + "' is no number of backups");
        }
        return Integer.parseInt(text);
    }

    /** {@code verify older 30d level drill rate 20MiB within 2h}, in any order. */
    private JobTask.Work verify(Deque<String> words) {
        VerifyDueOptions.Builder options = VerifyDueOptions.builder();
        while (!words.isEmpty()) {
            String word = words.removeFirst();
            Consumer<String> set = switch (word) {
                case "older" -> value -> options.notVerifiedFor(duration(value));
                case "level" -> value -> options.level(level(value));
                case "rate" -> value -> options.rate(RateLimit.bytesPerSecond(bytes(value)));
                case "within" -> value -> options.atMost(duration(value));
                default ->
                    throw new IllegalArgumentException("'verify " + word
                            + "' is unknown; known are older, level, rate and within, as in 'verify older"
                            + " 30d level drill rate 20MiB within 2h'");
            };
            set.accept(next(words, word));
        }
        VerifyDueOptions due = options.build();
        return job -> {
            VerifyDueReport report = manager.verifyDue(due);
            if (!report.isGood()) {
                throw new CorruptBackupException(report.toString());
            }
        };
    }

    private static VerifyLevel level(String text) {
        try {
            return VerifyLevel.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no level; known are " + Arrays.toString(VerifyLevel.values()), e);
        }
    }

    private static long bytes(String text) {
        return Settings.bytes(text)
                .filter(bytes -> bytes > 0)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + text + "' is no number of bytes; write one such as 500KiB or 20MiB"));
    }
}
