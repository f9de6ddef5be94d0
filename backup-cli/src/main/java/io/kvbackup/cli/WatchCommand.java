package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.health.Health;
import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "watch",
        description =
                "Shows how old the newest backup of each database is, when it was last verified, and what is wrong.",
        footer = {
            "",
            "Examples:",
            "  kvbackup watch -s /mnt/backups --max-age 26h     (for a monitoring system)",
            "  kvbackup watch -s /mnt/backups --every 30s",
            "",
            "The exit code is 1 if a backup is older than --max-age or the store does not answer, 3 if one is damaged."
        })
final class WatchCommand extends StoreCommand {
    @Option(
            names = "--max-age",
            paramLabel = "SPAN",
            description = "How old the newest good backup of a database may be.")
    @Nullable
    String maxAge;

    @Option(names = "--every", paramLabel = "SPAN", description = "Look again and again, until it is stopped.")
    @Nullable
    String every;

    WatchCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        Optional<Duration> allowed = Optional.ofNullable(maxAge).map(Times::span);
        Optional<Duration> pause = Optional.ofNullable(every).map(Times::span);
        int code = look(manager, allowed);
        while (pause.isPresent() && !stopsWithin(pause.get())) {
            code = look(manager, allowed);
        }
        return code;
    }

    private boolean stopsWithin(Duration time) throws IOException {
        try {
            return terminal.stop().within(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the next look");
        }
    }

    private int look(BackupManager manager, Optional<Duration> allowed) throws IOException {
        Health health = manager.health();
        List<String> problems = new ArrayList<>(health.warnings());
        health.storeProblem().ifPresent(problem -> problems.add("the store does not answer: " + problem));
        health.databases().values().forEach(each -> stale(each, allowed).ifPresent(problems::add));
        print(shape(health, problems), () -> show(health, problems));
        out().flush();
        boolean damaged = health.databases().values().stream()
                        .anyMatch(each -> each.damaged().isPresent())
                || !health.lost().isEmpty();
        if (damaged) {
            return ExitCode.DAMAGE;
        }
        return problems.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    private Optional<String> stale(Health.OfDatabase database, Optional<Duration> allowed) {
        Optional<Duration> age = database.newestGood().map(this::age);
        if (allowed.isEmpty() || (age.isPresent() && age.get().compareTo(allowed.get()) <= 0)) {
            return Optional.empty();
        }
        return Optional.of("the newest good backup of database " + database.database() + " "
                + age.map(found -> "is " + Words.span(found) + " old").orElse("does not exist") + ", allowed are "
                + Words.span(allowed.get()));
    }

    private Duration age(Backup backup) {
        return Duration.between(backup.timestamp(), terminal.clock().instant());
    }

    private void show(Health health, List<String> problems) {
        Table table = new Table("DATABASE", ">AGE", "NEWEST GOOD", "LAST VERIFIED", "LAST DRILL", "STATE");
        health.databases()
                .values()
                .forEach(each -> table.row(
                        each.database(),
                        each.newestGood().map(good -> Words.span(age(good))).orElse("-"),
                        each.newestGood()
                                .map(good -> Words.time(good.timestamp()))
                                .orElse("none"),
                        each.lastVerification()
                                .map(last -> Words.time(last.at()))
                                .orElse("never"),
                        each.lastDrill().map(last -> Words.time(last.at())).orElse("never"),
                        each.damaged().isPresent() ? "DAMAGED" : "good"));
        table.printTo(out());
        problems.forEach(problem -> out().println("! " + problem));
    }

    private Map<String, @Nullable Object> shape(Health health, List<String> problems) {
        return Json.object(
                "at", health.at(),
                "databases",
                        health.databases().values().stream().map(this::shape).toList(),
                "problems", problems);
    }

    private Map<String, @Nullable Object> shape(Health.OfDatabase each) {
        return Json.object(
                "name", each.database(),
                "newest", each.newest().map(Backup::objectName),
                "newest_good", each.newestGood().map(Backup::objectName),
                "age_s", each.newestGood().map(good -> age(good).toSeconds()),
                "last_verified", each.lastVerification().map(Verification::at),
                "last_drill", each.lastDrill().map(Verification::at),
                "damaged", each.damaged().map(Backup::objectName));
    }
}
