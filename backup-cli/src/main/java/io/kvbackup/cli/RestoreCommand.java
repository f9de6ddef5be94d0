package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "restore",
        description = {
            "Restores a backup into a new database.",
            "All of it is read and verified before the database appears at its place; nothing is overwritten."
        },
        footer = {
            "",
            "Examples:",
            "  kvbackup restore orders -s /mnt/backups --to rocksdb:/srv/orders",
            "  kvbackup restore orders --at 2026-11-20T12:00 -s s3://my-bucket/backups --to sqlite:orders.db",
            "  kvbackup restore documents -s /mnt/backups --to folder:/srv/documents",
            "  kvbackup restore full -s /mnt/backups --to rocksdb:/srv/all     (each database below /srv/all)",
            "  kvbackup restore orders -s /mnt/backups --set items --prefix a --to jsonl:items.jsonl"
        })
final class RestoreCommand extends StoreCommand implements DatabaseCatalog {
    private static final Set<String> FILES = Set.of(DirectoryDatabase.FILES, DirectoryDatabase.BLOCKS);

    @Mixin
    final BackupChoice choice = new BackupChoice();

    @Option(names = "--to", required = true, paramLabel = "TARGET", description = Target.HELP + ".")
    String to = "";

    @Option(names = "--database", paramLabel = "NAME", description = "Of a backup of several databases, only this one.")
    @Nullable
    String database;

    @Option(names = "--set", paramLabel = "NAME", description = "Only this set; may be given several times.")
    List<String> sets = List.of();

    @Mixin
    final KeyOptions keys = new KeyOptions();

    @Option(names = "--dry-run", description = "Read and verify everything, but leave nothing behind.")
    boolean dryRun;

    @Option(
            names = "--allow-unencrypted",
            description = "Restore a backup that is not encrypted although a key was given.")
    boolean allowUnencrypted;

    private @Nullable Target target;
    private final HeaderProbe probe = new HeaderProbe();

    RestoreCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    void prepare(BackupManagerBuilder builder) {
        Target.parse(to);
        keys.range();
        builder.databases(this);
    }

    @Override
    public Set<String> databaseNames() {
        return Set.of();
    }

    /** Before it is known how many databases the backup holds, nothing can be restored. */
    @Override
    public Database database(String name) throws IOException {
        return target == null ? probe.database(name) : target.database(name);
    }

    @Override
    public void dropDatabase(String name) {}

    @Override
    int run(BackupManager manager) throws IOException {
        Instant start = terminal.clock().instant();
        Backup backup = choice.in(manager, terminal);
        List<DatabaseBackup> chosen = Selection.databases(backup, probe.headers(manager, backup), wanted(backup));
        for (DatabaseBackup each : chosen) {
            Selection.sets(each, sets);
            requireFitting(each, Target.parse(to));
        }
        boolean several = chosen.size() > 1;
        Target place = several ? Target.parse(to).below() : Target.parse(to);
        target = place;
        RestoreOptions.Builder options = RestoreOptions.builder()
                .dryRun(dryRun)
                .allowUnencrypted(allowUnencrypted)
                .keys(keys.range());
        if (!sets.isEmpty()) {
            options.sets(sets.toArray(new String[0]));
        }
        Backup restored;
        try (ProgressLine progress = ProgressLine.of(manager, terminal)) {
            restored = several
                    ? manager.restoreAllDatabases(backup.objectName(), options.build())
                    : one(manager, backup, chosen.get(0).name(), options);
        }
        Duration took = Duration.between(start, terminal.clock().instant());
        print(
                Json.object(
                        "backup", Shapes.backup(restored),
                        "databases", chosen.stream().map(DatabaseBackup::name).toList(),
                        "to", place,
                        "dry_run", dryRun,
                        "took_ms", took.toMillis()),
                () -> out().println((dryRun ? "would restore " : "restored ") + restored.objectName() + " to " + place
                        + (several ? ", each database below it" : "") + " in " + Words.span(took)));
        return ExitCode.OK;
    }

    /** If a database was named, its newest state or that of a moment, by its log if it is replicated. */
    private Backup one(BackupManager manager, Backup backup, String name, RestoreOptions.Builder options)
            throws IOException {
        if (choice.isDatabase() && choice.backup.equals(name)) {
            RestoreOptions ofMoment = options.target(choice.moment(terminal)).build();
            return manager.restoreLatest(name, ofMoment).orElseThrow(() -> BackupChoice.unknown(name, manager));
        }
        return manager.restoreDatabase(
                backup.objectName(), options.database(name).build());
    }

    /** A backup of all databases that was found by the name of one of them is about that one. */
    private @Nullable String wanted(Backup backup) {
        boolean one = backup.isOfAllDatabases()
                && !choice.backup.contains("/")
                && !choice.backup.equals(Backup.ALL_DATABASES);
        return database != null ? database : one ? choice.backup : null;
    }

    private static void requireFitting(DatabaseBackup database, Target target) {
        boolean files = database.sets().keySet().equals(FILES);
        if (files && !target.isFolder()) {
            throw new IllegalArgumentException("database " + database.name()
                    + " is a backup of files; restore it with --to folder:PATH, not --to " + target);
        } else if (!files && target.isFolder()) {
            throw new IllegalArgumentException("database " + database.name()
                    + " is a backup of entries, not of files; restore it with --to rocksdb:, mvstore:, sqlite: or"
                    + " jsonl: before the path");
        }
    }
}
