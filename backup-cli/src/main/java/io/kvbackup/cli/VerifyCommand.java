package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.verify.VerifyDueOptions;
import io.kvbackup.verify.VerifyDueReport;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = {
            "Proves that backups are whole.",
            "LISTED: all objects are there. STORED: their digests hold; needs no key. DIGEST: every digest and count"
                    + " holds. DRILL: the backup was restored into a scratch database and came back the same."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup verify orders -s /mnt/backups",
            "  kvbackup verify orders -s /mnt/backups --level drill --scratch rocksdb",
            "  kvbackup verify --due 7d --max-time 1h -s s3://my-bucket/backups",
            "  kvbackup verify --sample 5 -s /mnt/backups",
            "",
            "The exit code is 3 if a backup is damaged."
        })
final class VerifyCommand extends StoreCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "BACKUP",
            description = "A name from 'kvbackup list', or a database for its newest backup.")
    @Nullable
    String backup;

    @Option(names = "--at", paramLabel = "TIME", description = "With a database: the newest backup that is not later.")
    @Nullable
    String at;

    @Option(names = "--level", paramLabel = "LEVEL", description = "${COMPLETION-CANDIDATES}; DIGEST unless given.")
    VerifyLevel level = VerifyLevel.DIGEST;

    @Option(names = "--due", paramLabel = "SPAN", description = "Every backup that was not verified for so long: 7d.")
    @Nullable
    String due;

    @Option(names = "--max-time", paramLabel = "SPAN", description = "With --due: stop after so long.")
    @Nullable
    String maxTime;

    @Option(names = "--sample", paramLabel = "N", description = "N backups that are chosen at random.")
    int sample;

    @Option(names = "--seed", paramLabel = "NUMBER", description = "Makes --sample choose the same again.")
    long seed = System.nanoTime();

    @Option(
            names = "--scratch",
            paramLabel = "ENGINE",
            description = "For DRILL: rocksdb, mvstore or sqlite, in temporary files; memory unless given.")
    @Nullable
    Engine scratch;

    private record Outcome(String name, boolean passed, boolean damaged, String message, Duration took) {}

    VerifyCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        if (Stream.of(backup != null, due != null, sample > 0)
                        .filter(given -> given)
                        .count()
                != 1) {
            throw new IllegalArgumentException("say what to verify: a BACKUP, --due SPAN, or --sample N");
        }
        if (sample < 0 || (maxTime != null && due == null) || (at != null && backup == null)) {
            throw new IllegalArgumentException(
                    "--max-time goes with --due, --at with a database, and --sample takes a positive number");
        }
        List<Outcome> outcomes = new ArrayList<>();
        List<Backup> skipped = new ArrayList<>();
        try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
            if (due != null) {
                due(manager, Times.span(due), outcomes, skipped);
            } else {
                for (Backup each : chosen(manager)) {
                    outcomes.add(verify(manager, each));
                }
            }
        }
        return report(outcomes, skipped);
    }

    private List<Backup> chosen(BackupManager manager) throws IOException {
        if (backup != null) {
            return List.of(BackupChoice.of(backup, at).in(manager, terminal));
        }
        List<Backup> all = new ArrayList<>(manager.listBackups());
        Collections.shuffle(all, new Random(seed));
        return all.subList(0, Math.min(sample, all.size()));
    }

    private Outcome verify(BackupManager manager, Backup each) throws IOException {
        VerifyOptions.Builder options = VerifyOptions.builder().level(level);
        if (scratch != null) {
            options.scratch(scratch());
        }
        try {
            VerifyReport report = manager.verify(each.objectName(), options.build());
            return new Outcome(report.backup().objectName(), true, false, "", report.took());
        } catch (CorruptBackupException e) {
            return new Outcome(each.objectName(), false, true, Failures.oneLine(e), Duration.ZERO);
        }
    }

    private ScratchFactory scratch() {
        return new EngineScratch(java.util.Objects.requireNonNull(scratch));
    }

    private void due(BackupManager manager, Duration age, List<Outcome> outcomes, List<Backup> skipped)
            throws IOException {
        VerifyDueOptions.Builder options =
                VerifyDueOptions.builder().level(level).notVerifiedFor(age);
        if (maxTime != null) {
            options.atMost(Times.span(maxTime));
        }
        if (scratch != null) {
            options.scratch(scratch());
        }
        VerifyDueReport report = manager.verifyDue(options.build());
        report.passed()
                .forEach(each -> outcomes.add(new Outcome(each.backup().objectName(), true, false, "", each.took())));
        report.failed()
                .forEach(each -> outcomes.add(
                        new Outcome(each.backup().objectName(), false, each.damaged(), each.message(), Duration.ZERO)));
        report.lost()
                .forEach(name -> outcomes.add(new Outcome(
                        name, false, true, "its archive is gone, only its manifest is there", Duration.ZERO)));
        skipped.addAll(report.skipped());
    }

    private int report(List<Outcome> outcomes, List<Backup> skipped) throws IOException {
        print(
                Json.object(
                        "level", level,
                        "backups", outcomes.stream().map(VerifyCommand::shape).toList(),
                        "skipped", skipped.stream().map(Backup::objectName).toList()),
                () -> {
                    outcomes.forEach(each -> out().println(
                                    (each.passed() ? "good     " : each.damaged() ? "DAMAGED  " : "FAILED   ")
                                            + each.name()
                                            + (each.passed()
                                                    ? " (" + level + ", " + Words.span(each.took()) + ")"
                                                    : ": " + each.message())));
                    skipped.forEach(each -> out().println("skipped  " + each.objectName()));
                    if (outcomes.isEmpty() && skipped.isEmpty()) {
                        note("nothing is due");
                    }
                });
        if (outcomes.stream().anyMatch(Outcome::damaged)) {
            return ExitCode.DAMAGE;
        }
        return outcomes.stream().allMatch(Outcome::passed) ? ExitCode.OK : ExitCode.FAILED;
    }

    private static Map<String, @Nullable Object> shape(Outcome outcome) {
        return Json.object(
                "name", outcome.name(),
                "passed", outcome.passed(),
                "damaged", outcome.damaged(),
                "message", outcome.passed() ? null : outcome.message(),
                "took_ms", outcome.took().toMillis());
    }
}
