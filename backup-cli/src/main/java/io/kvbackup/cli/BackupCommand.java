package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "backup",
        description = {
            "Backs up folders, SQLite files, or RocksDB databases that no process has open.",
            "Once, or by --cron until it is stopped. SQLite may be in use; files of a folder must not change while they"
                    + " are read."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup backup documents=folder:/srv/documents -s /mnt/backups --incremental",
            "  kvbackup backup orders=rocksdb:/srv/orders app=sqlite-file:/srv/app.db -s s3://my-bucket/backups",
            "  kvbackup backup documents=folder:/srv/documents -s gs://my-bucket/backups --cron \"0 2 * * *\""
                    + " --keep-daily 7"
        })
final class BackupCommand extends StoreCommand {
    private static final Duration LOOK = Duration.ofHours(1);

    @Parameters(
            arity = "1..*",
            paramLabel = "SOURCE",
            description = Source.HELP + "; the file's name is the database's unless given.")
    List<String> sources = List.of();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "cbor.zst, json.gz, tar.bz2, ...; cbor.zst unless given.")
    @Nullable
    String format;

    @Option(names = "--incremental", description = "Store only what has changed since the last incremental backup.")
    boolean incremental;

    @Option(
            names = "--temporary-file",
            description = "Write the backup to a temporary file first and upload that; it is streamed unless given.")
    boolean temporaryFile;

    @Option(names = "--tag", paramLabel = "TAG", description = "Give the backup a tag; may be given several times.")
    List<String> tags = List.of();

    @Option(
            names = "--exclude",
            paramLabel = "PATTERN",
            description = "Leave out files of a folder: *.tmp, cache/**; may be given several times.")
    List<String> excluded = List.of();

    @Option(
            names = "--table",
            paramLabel = "NAME",
            description = "Only this table of sqlite:; may be given several times.")
    List<String> tables = List.of();

    @Option(
            names = "--cron",
            paramLabel = "EXPRESSION",
            description = "Run at these times: \"0 2 * * *\", @hourly, @daily.")
    @Nullable
    String cron;

    @Option(
            names = "--cron-zone",
            paramLabel = "ZONE",
            description = "The clock of --cron, as in Europe/Berlin; UTC unless given.")
    ZoneId zone = ZoneOffset.UTC;

    @Option(names = "--now", description = "With --cron: run once at the start, too.")
    boolean now;

    @Mixin
    final KeepOptions keep = new KeepOptions();

    private final Map<String, Source> named = new LinkedHashMap<>();

    BackupCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare(BackupManagerBuilder builder) throws IOException {
        if (now && cron == null) {
            throw new IllegalArgumentException("--now goes with --cron; without it, the backup is made now anyway");
        }
        keep.policy();
        for (String text : sources) {
            Source source = Source.parse(text);
            builder.database(source.open(excluded, tables));
            named.put(source.name(), source);
        }
    }

    private BackupOptions options() {
        BackupOptions.Builder options = BackupOptions.builder().spool(temporaryFile);
        options.kind(incremental ? BackupKind.INCREMENTAL : BackupKind.FULL);
        if (format != null) {
            options.format(format);
        }
        tags.forEach(options::tag);
        return options.build();
    }

    @Override
    int run(BackupManager manager) throws IOException {
        return cron == null ? once(manager) : byCron(manager, Schedule.cron(cron, zone));
    }

    private int once(BackupManager manager) throws IOException {
        List<Object> shapes = new ArrayList<>();
        for (String name : named.keySet()) {
            Backup backup;
            try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
                backup = manager.backupDatabase(name, options());
            }
            shapes.add(Shapes.described(backup));
            if (!json) {
                out().println("backed up " + backup.objectName() + " (" + Words.bytes(backup.storedBytes()) + ")");
            }
        }
        if (keep.policy().isPresent()) {
            manager.planPrune(keep.policy().get()).execute();
        }
        print(Json.object("backups", shapes), () -> {});
        return ExitCode.OK;
    }

    private int byCron(BackupManager manager, Schedule schedule) throws IOException {
        manager.jobs().addListener(record -> told(manager, record));
        for (String name : named.keySet()) {
            JobTask task = manager.backupTask(name, options());
            manager.jobs().schedule("backup-" + name, schedule, task);
            if (now) {
                manager.jobs().submit(task);
            }
        }
        note("backups of " + String.join(", ", named.keySet()) + " at " + schedule + "; the next at "
                + schedule.next(terminal.clock().instant()).map(Words::time).orElse("no time"));
        try {
            while (!terminal.stop().within(LOOK)) {
                // nothing to do but wait
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while backups were scheduled");
        }
        return ExitCode.OK;
    }

    private void told(BackupManager manager, JobRecord record) {
        if (record.status() == JobStatus.PENDING || record.status() == JobStatus.RUNNING) {
            return;
        }
        String what = record.kind() + " of " + String.join(", ", record.databases());
        if (record.status() == JobStatus.FINISHED) {
            out().println(what + ": " + record.result().orElse("done"));
            if (record.kind().equals("backup")) {
                keep.policy().ifPresent(policy -> manager.jobs().submit(JobTask.prune(policy)));
            }
        } else {
            note(what + " " + record.status() + ": " + record.failure().orElse("") + "; it is tried again");
        }
        out().flush();
    }
}
