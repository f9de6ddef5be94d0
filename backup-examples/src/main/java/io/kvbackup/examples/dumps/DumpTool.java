package io.kvbackup.examples.dumps;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.BackupOptions;
import io.kvbackup.RestoreOptions;
import io.kvbackup.database.Database;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.job.Jobs;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands: backup, restore, list and prune. Exit code 1 if something failed, 2 for wrong arguments. */
@Command(name = "dumps", mixinStandardHelpOptions = true, sortOptions = false)
public final class DumpTool {
    private final PrintStream out;

    private DumpTool(PrintStream out) {
        this.out = out;
    }

    /** Where backups are. */
    static final class StoreOptions {
        @Option(names = "--target", required = true, description = "s3://bucket/path, gs://bucket/path, file:///folder")
        private String target = "";

        @Option(names = "--service-account", description = "Key file of a service account, for gs:.")
        private @Nullable Path serviceAccount;

        @Option(names = "--tmp", defaultValue = "${sys:java.io.tmpdir}", description = "For temporary files.")
        private Path tmp = Path.of("");

        /** The place with its credentials. */
        StorageUri uri() {
            StorageUri uri = StorageUri.parse(target);
            if (serviceAccount == null) {
                return uri;
            }
            if (!uri.scheme().equals("gs")) {
                throw new IllegalArgumentException("--service-account is for gs:, not for " + uri.scheme() + ":");
            }
            if (!Files.isReadable(serviceAccount)) {
                throw new IllegalArgumentException("the service account file " + serviceAccount + " cannot be read");
            }
            Map<String, String> options = new LinkedHashMap<>(uri.options());
            options.put("credentials", serviceAccount.toString());
            return new StorageUri(uri.scheme(), uri.authority(), uri.path(), options);
        }

        BackupManagerBuilder manager() throws IOException {
            return BackupManager.builder()
                    .storage(uri())
                    .environment(System.getenv())
                    .temporaryDirectory(Files.createDirectories(tmp));
        }
    }

    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    /** Does what a command line says, and returns its exit code. */
    static int run(PrintStream out, String... args) {
        return new CommandLine(new DumpTool(out))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    out.println("FAILED: " + failure.getMessage());
                    return failure instanceof IllegalArgumentException ? 2 : 1;
                })
                .execute(args);
    }

    @Command(name = "backup", description = "Backs a database up, once or again and again.")
    int backup(
            @Mixin StoreOptions store,
            @Option(names = "--database", required = true, description = "sqlite:/file, folder:/path") String uri,
            @Option(names = "--format", defaultValue = "json.gz") String format,
            @Option(names = "--stream", description = "Without a temporary file.") boolean stream,
            @Option(names = "--cron", description = "Times, such as '0 2 * * *', in UTC.") @Nullable String cron)
            throws IOException, InterruptedException {
        Database database = DumpDatabase.open(uri);
        BackupOptions options = BackupOptions.builder().spool(!stream).build();
        Schedule times = cron == null ? null : Schedule.cron(cron);
        try (BackupManager manager =
                store.manager().database(database).format(format).build()) {
            if (times == null) {
                out.println(manager.backupDatabase(database.name(), options).objectName());
                return 0;
            }
            Jobs jobs = manager.jobs();
            jobs.addListener(record -> {
                if (record.status().isFinal()) {
                    out.println(record.result()
                            .orElseGet(() -> "FAILED: " + record.failure().orElse("")));
                }
            });
            jobs.schedule("cron", times, manager.backupTask(database.name(), options));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> HttpHost.closeQuietly(manager::closeNow)));
            out.println(
                    "next backup at " + times.next(Clock.systemUTC().instant()).orElseThrow());
            new CountDownLatch(1).await();
            return 0;
        }
    }

    @Command(name = "restore", description = "Restores a backup of the store, or an archive in a file.")
    int restore(
            @Option(names = "--database", required = true, description = "sqlite:/file, folder:/path") String uri,
            @Option(names = "--target", description = "The store, if it is not a file.") @Nullable String target,
            @Option(names = "--service-account") @Nullable Path serviceAccount,
            @Option(names = "--tmp", defaultValue = "${sys:java.io.tmpdir}") Path tmp,
            @CommandLine.Parameters(description = "Its name in the store; without --target, a file.") String source)
            throws IOException {
        Database database = DumpDatabase.open(uri);
        RestoreOptions options = RestoreOptions.builder().as(database.name()).build();
        if (target == null) {
            try (ArchiveFile file = new ArchiveFile(Path.of(source), database.name());
                    BackupManager manager = BackupManager.builder()
                            .storage(file)
                            .database(database)
                            .temporaryDirectory(Files.createDirectories(tmp))
                            .build()) {
                manager.restoreDatabase(file.objectName(), options);
            }
        } else {
            StoreOptions store = new StoreOptions();
            store.target = target;
            store.serviceAccount = serviceAccount;
            store.tmp = tmp;
            try (BackupManager manager = store.manager().database(database).build()) {
                manager.restoreDatabase(source, options);
            }
        }
        out.println("restored " + source);
        return 0;
    }

    @Command(name = "list", description = "Lists backups, the newest first.")
    int list(@Mixin StoreOptions store) throws IOException {
        try (BackupManager manager = store.manager().build()) {
            for (Backup backup : manager.listBackups()) {
                out.println(backup);
            }
        }
        return 0;
    }

    @Command(name = "prune", description = "Removes all but the newest of each database.")
    int prune(@Mixin StoreOptions store, @Option(names = "--keep", required = true) int keep) throws IOException {
        try (BackupManager manager = store.manager().build()) {
            PruneReport report = manager.planPrune(
                            RetentionPolicy.builder().keepLast(keep).build())
                    .execute();
            out.println(report);
        }
        return 0;
    }
}
