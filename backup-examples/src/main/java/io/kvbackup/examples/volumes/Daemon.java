package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.BackupManager;
import io.kvbackup.database.directory.ArchivedFile;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import io.kvbackup.job.JobOptions;
import io.kvbackup.model.Backup;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the daemon of a server. Its addresses are for the controller. */
@Command(name = "volumes-daemon", mixinStandardHelpOptions = true, sortOptions = false)
public final class Daemon implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1")
    private String host = "";

    @Option(names = "--port", defaultValue = "9002")
    private int port;

    @Option(names = "--controller", defaultValue = "http://127.0.0.1:9001", description = "Takes the records.")
    private URI controller = URI.create("");

    @Option(names = "--token", defaultValue = "${env:CLUSTER_TOKEN:-}", description = "What all of a cluster share.")
    private String token = "";

    @Option(names = "--volumes", required = true, description = "Holds <app>/<proc>/<instance>/<volume>.")
    private Path root = Path.of("");

    @Option(names = "--work", required = true, description = "What the daemon remembers.")
    private Path work = Path.of("");

    @Option(names = "--store", required = true, description = "URI of the store that all daemons share.")
    private String store = "";

    private final Clock clock = Clock.systemUTC();
    private final Instant started = clock.instant();

    public static void main(String[] args) {
        HttpHost.main(new Daemon(), args);
    }

    @Override
    public Integer call() throws IOException {
        VolumeBackups volumes = new VolumeBackups(root);
        BackupManager manager = BackupManager.builder()
                .storage(store)
                .environment(System.getenv())
                .createStore(true)
                .databases(volumes)
                .temporaryDirectory(Files.createDirectories(work.resolve("tmp")))
                .jobs(JobOptions.builder()
                        .historyFolder(work.resolve("history"))
                        .alone(true)
                        .build())
                .build();
        Outbox outbox = new Outbox(work.resolve("outbox"), clock, new DaemonClient(controller, token));
        CronEngine engine = new CronEngine(manager, volumes, root, outbox, clock);
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        ScheduledFuture<?> sending = sender.scheduleWithFixedDelay(outbox::send, 200, 200, TimeUnit.MILLISECONDS);
        HttpHost http = new HttpHost(host, port)
                .guard(request -> requireToken(request, token))
                .route("POST", "/jobs", request -> replace(engine, request))
                .route("GET", "/jobs", request -> Answer.data(engine.list()))
                .route("POST", "/jobs/:id/run", request -> run(engine, request))
                .route("GET", "/apps/:app/procs/:proc/backups", request -> list(manager, request))
                .route("GET", "/backups/:file", request -> one(manager, request))
                .route("POST", "/backups/delete", request -> delete(manager, request))
                .route("POST", "/backups/:file/recover", request -> recover(manager, engine, request))
                .route("GET", "/debug", request -> debug(manager, engine, outbox));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            http.close();
            sending.cancel(true);
            sender.shutdownNow();
            HttpHost.closeQuietly(manager::closeNow);
        }));
        http.start("volumes-daemon");
        return 0;
    }

    /** What is open to anybody in the cluster only. */
    static void requireToken(Request request, String token) {
        String given = request.header(DaemonClient.TOKEN_HEADER).orElse("");
        if (!MessageDigest.isEqual(bytes(given), bytes(token))) {
            throw new HttpError(401, "AUTH_FAILED", "Header " + DaemonClient.TOKEN_HEADER + " is missing or wrong");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Answer replace(CronEngine engine, Request request) throws IOException {
        JsonNode given = request.json().path("jobs");
        if (!given.isArray()) {
            throw HttpError.invalid("Field 'jobs' must be a list");
        }
        List<CronJob> jobs = new ArrayList<>();
        given.forEach(each -> jobs.add(CronJob.of(each)));
        engine.replace(jobs);
        return Answer.done(jobs.size() + " jobs");
    }

    private static Answer run(CronEngine engine, Request request) {
        engine.runNow(request.part("id"));
        return Answer.done("The job runs");
    }

    private static Answer list(BackupManager manager, Request request) throws IOException {
        List<Backup> all = VolumeBackups.list(manager, request.part("app"), request.part("proc"));
        return Answer.data(all.stream().map(VolumeBackups::fields).toList());
    }

    private static Answer one(BackupManager manager, Request request) throws IOException {
        Backup backup = VolumeBackups.find(manager, request.part("file"));
        Map<String, Object> fields = VolumeBackups.fields(backup);
        if (request.query("open").contains("true")) {
            List<Map<String, Object>> files = new ArrayList<>();
            VolumeBackups.files(manager, backup).stream()
                    .filter(file -> !file.path().isEmpty())
                    .forEach(file -> files.add(Map.of(
                            "path", file.path(),
                            "dir", file.kind() == ArchivedFile.Kind.FOLDER,
                            "size", file.size())));
            fields.put("files", files);
        }
        return Answer.data(fields);
    }

    private static Answer delete(BackupManager manager, Request request) throws IOException {
        List<Backup> backups = new ArrayList<>();
        for (String file : Json.texts(request.json(), "files")) {
            backups.add(VolumeBackups.find(manager, file));
        }
        for (Backup backup : backups) {
            manager.deleteBackup(backup.objectName());
        }
        return Answer.data(Map.of("deleted", backups.size()));
    }

    private static Answer recover(BackupManager manager, CronEngine engine, Request request) throws IOException {
        JsonNode body = request.json();
        Backup backup = VolumeBackups.find(manager, request.part("file"));
        Volume target = Volume.of(body);
        List<String> files = Json.texts(body, "files");
        String file = VolumeBackups.fileOf(backup);
        engine.recorded("", Json.text(body, "type"), target, () -> {
            VolumeBackups.recover(manager, backup, target, files);
            return file;
        });
        return Answer.data(Map.of("file", file));
    }

    private Answer debug(BackupManager manager, CronEngine engine, Outbox outbox) throws IOException {
        Runtime runtime = Runtime.getRuntime();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("uptimeSeconds", Duration.between(started, clock.instant()).toSeconds());
        fields.put("heapBytes", runtime.totalMemory() - runtime.freeMemory());
        fields.put("threads", Thread.activeCount());
        fields.put("types", engine.types());
        fields.put("jobs", engine.list().size());
        fields.put(
                "running", manager.jobs().list().stream().map(Object::toString).toList());
        fields.put("recordsToSend", outbox.size());
        return Answer.data(fields);
    }
}
