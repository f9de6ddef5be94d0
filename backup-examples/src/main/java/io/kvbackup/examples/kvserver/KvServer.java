package io.kvbackup.examples.kvserver;

import io.kvbackup.BackupManager;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Request;
import io.kvbackup.examples.http.Request.Credentials;
import io.kvbackup.job.JobOptions;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the server. Each option can also be set in the environment; what the command line says goes first. */
@Command(name = "kvserver", mixinStandardHelpOptions = true, sortOptions = false)
public final class KvServer implements Callable<Integer> {
    private static final String VERSION = "0.0.1";

    @Option(names = "--host", defaultValue = "${env:FUCKBASE_HOST:-127.0.0.1}", description = "Address to listen on.")
    private String host = "";

    @Option(names = "--port", defaultValue = "${env:FUCKBASE_PORT:-8080}", description = "0 for one that is free.")
    private int port;

    @Option(names = "--data-dir", defaultValue = "${env:FUCKBASE_DATA_DIR:-./data}", description = "Temporary files.")
    private Path dataDir = Path.of("");

    @Option(names = "--admin-username", defaultValue = "${env:FUCKBASE_ADMIN_USERNAME}")
    private @Nullable String adminUsername;

    @Option(names = "--admin-password", defaultValue = "${env:FUCKBASE_ADMIN_PASSWORD}")
    private @Nullable String adminPassword;

    @Option(names = "--s3-endpoint", defaultValue = "${env:FUCKBASE_S3_ENDPOINT}", description = "Without it, AWS.")
    private @Nullable String s3Endpoint;

    @Option(names = "--s3-bucket", defaultValue = "${env:FUCKBASE_S3_BUCKET}")
    private @Nullable String s3Bucket;

    @Option(names = "--s3-access-key", defaultValue = "${env:FUCKBASE_S3_ACCESS_KEY}")
    private @Nullable String s3AccessKey;

    @Option(names = "--s3-secret-key", defaultValue = "${env:FUCKBASE_S3_SECRET_KEY}")
    private @Nullable String s3SecretKey;

    @Option(names = "--s3-region", defaultValue = "${env:FUCKBASE_S3_REGION:-us-east-1}")
    private String s3Region = "";

    @Option(
            names = "--s3-enabled",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "${env:FUCKBASE_S3_ENABLED}",
            description = "True if there is a bucket, unless set.")
    private @Nullable Boolean s3Enabled;

    @Option(
            names = "--storage",
            defaultValue = "${env:FUCKBASE_STORAGE}",
            description = "Instead of S3: file:///folder, gs://bucket/prefix.")
    private @Nullable String storage;

    @Option(
            names = "--backup-interval",
            defaultValue = "${env:FUCKBASE_BACKUP_INTERVAL:-60}",
            description = "Minutes, or seconds as in 30s, between automatic backups of all databases; 0 for none.")
    private String backupInterval = "";

    private final Clock clock = Clock.systemUTC();
    private final Instant started = clock.instant();
    private final JsonDatabases databases = new JsonDatabases();

    public static void main(String[] args) {
        HttpHost.main(new KvServer(), args);
    }

    @Override
    public Integer call() throws IOException {
        Optional<BackupManager> backups = openBackups();
        Access access = new Access(databases, admin());
        HttpHost http = new HttpHost(host, port);
        new DataRoutes(databases, access).addTo(http);
        new IndexRoutes(databases, access).addTo(http);
        new BackupRoutes(databases, access, backups).addTo(http);
        http.route("POST", "/server/info", request -> info(request, access, backups));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(http, backups)));
        http.start("kvserver");
        return 0;
    }

    private Optional<Credentials> admin() {
        if (adminUsername == null && adminPassword == null) {
            return Optional.empty();
        }
        if (adminUsername == null || adminPassword == null) {
            throw new IllegalArgumentException("--admin-username and --admin-password come together");
        }
        return Optional.of(new Credentials(adminUsername, adminPassword));
    }

    private Optional<BackupManager> openBackups() throws IOException {
        boolean s3 = s3Enabled != null ? s3Enabled : s3Bucket != null && storage == null;
        if (!s3 && storage == null) {
            return Optional.empty();
        }
        Duration interval = interval();
        BackupManager manager = BackupManager.builder()
                .properties(settings(s3))
                .environment(System.getenv())
                .createStore(true)
                .databases(databases)
                .barrier(databases.barrier())
                .format("json")
                .temporaryDirectory(dataDir)
                .jobs(JobOptions.builder().alone(true).build())
                .build();
        if (!interval.isZero()) {
            manager.jobs().schedule("automatic", Schedule.every(interval), JobTask.backupAll());
        }
        return Optional.of(manager);
    }

    private Duration interval() {
        if (!backupInterval.matches("[0-9]{1,7}s?")) {
            throw new IllegalArgumentException(
                    "--backup-interval must be minutes, or seconds as in 30s, and not '" + backupInterval + "'");
        }
        return backupInterval.endsWith("s")
                ? Duration.ofSeconds(Long.parseLong(backupInterval.substring(0, backupInterval.length() - 1)))
                : Duration.ofMinutes(Long.parseLong(backupInterval));
    }

    private Properties settings(boolean s3) {
        Properties settings = new Properties();
        set(settings, "storage", s3 ? null : storage);
        if (s3) {
            set(settings, "s3.enabled", "true");
            set(settings, "s3.bucket", s3Bucket);
            set(settings, "s3.region", s3Region);
            set(settings, "s3.access-key", s3AccessKey);
            set(settings, "s3.secret-key", s3SecretKey);
            if (s3Endpoint != null) {
                set(settings, "s3.endpoint", s3Endpoint.contains("://") ? s3Endpoint : "http://" + s3Endpoint);
                set(settings, "s3.path-style", "true");
            }
        }
        return settings;
    }

    private static void set(Properties settings, String name, @Nullable String value) {
        if (value != null) {
            settings.setProperty("kvbackup." + name, value);
        }
    }

    private Answer info(Request request, Access access, Optional<BackupManager> backups) throws IOException {
        access.requireAdmin(request, request.jsonOrNone());
        Duration uptime = Duration.between(started, clock.instant());
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("version", VERSION);
        data.put("uptime", uptime.toDays() + "d " + uptime.toHoursPart() + "h " + uptime.toMinutesPart() + "m");
        data.put("databases_count", databases.databaseNames().size());
        data.put("running", running(backups));
        Map<String, Object> fields = new LinkedHashMap<>(data);
        fields.put("status", "success");
        fields.put("data", data);
        return Answer.json(200, fields);
    }

    /** The backups and restores under way. */
    private static List<String> running(Optional<BackupManager> backups) {
        return backups.map(manager -> manager.jobs().list().stream()
                        .map(job -> job.kind() + " " + String.join(", ", job.databases()))
                        .toList())
                .orElse(List.of());
    }

    private static void close(HttpHost http, Optional<BackupManager> backups) {
        http.close();
        backups.ifPresent(manager -> HttpHost.closeQuietly(manager::closeNow));
    }
}
