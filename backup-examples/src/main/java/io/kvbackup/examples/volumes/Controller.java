package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the controller. */
@Command(name = "volumes-controller", mixinStandardHelpOptions = true, sortOptions = false)
public final class Controller implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1")
    private String host = "";

    @Option(names = "--port", defaultValue = "9001")
    private int port;

    @Option(names = "--token", defaultValue = "${env:CLUSTER_TOKEN:-}", description = "What all of a cluster share.")
    private String token = "";

    @Option(names = "--cluster", defaultValue = "cluster.json", description = "Servers, volumes and their jobs.")
    private Path cluster = Path.of("");

    @Option(names = "--records", defaultValue = "records.mv.db", description = "The database of records.")
    private Path file = Path.of("");

    @Option(names = "--watch", defaultValue = "1000", description = "Milliseconds between looks at the cluster.")
    private long watch;

    public static void main(String[] args) {
        HttpHost.main(new Controller(), args);
    }

    @Override
    public Integer call() throws IOException {
        Daemons daemons = new Daemons(cluster, token);
        Records records = new Records(file);
        HttpHost http = new HttpHost(host, port).route("POST", "/daemon/records", request -> take(records, request));
        new BackupApi(daemons).addTo(http);
        new CronApi(daemons, records).addTo(http);
        ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor();
        ScheduledFuture<?> watching = watcher.scheduleWithFixedDelay(daemons::update, 0, watch, TimeUnit.MILLISECONDS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            http.close();
            watching.cancel(true);
            watcher.shutdownNow();
            records.close();
        }));
        http.start("volumes-controller");
        return 0;
    }

    private Answer take(Records records, Request request) throws IOException {
        Daemon.requireToken(request, token);
        JsonNode record = request.json();
        Json.text(record, "id");
        Json.text(record, "state");
        Volume.of(record);
        records.put(record);
        return Answer.done("Record taken");
    }
}
