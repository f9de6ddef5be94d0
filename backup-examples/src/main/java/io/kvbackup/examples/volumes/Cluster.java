package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which servers and apps there are, as a file says. It stands for what a cluster's manager would tell:
 *
 * <pre>{@code
 * {"servers": [{"ip": "10.0.0.1", "daemon": "http://10.0.0.1:9002"}],
 *  "volumes": [{"app": "hello", "proc": "web", "instanceNo": 1, "server": "10.0.0.1", "volume": "/var/data",
 *               "cron": "0 2 * * *", "kind": "increment", "keep": 10}]}
 * }</pre>
 *
 * @param daemons addresses by the server's
 * @param servers where the volumes lie
 * @param jobs what is to be done on them
 */
record Cluster(Map<String, URI> daemons, Map<Volume, String> servers, List<CronJob> jobs) {
    static Cluster read(Path file) throws IOException {
        try {
            JsonNode root = Json.object(Files.readAllBytes(file));
            Map<String, URI> daemons = new LinkedHashMap<>();
            for (JsonNode server : root.path("servers")) {
                daemons.put(Json.text(server, "ip"), URI.create(Json.text(server, "daemon")));
            }
            Map<Volume, String> servers = new LinkedHashMap<>();
            List<CronJob> jobs = new ArrayList<>();
            for (JsonNode each : root.path("volumes")) {
                Volume volume = Volume.of(each);
                String server = Json.text(each, "server");
                if (!daemons.containsKey(server)) {
                    throw HttpError.invalid("no server " + server + " for " + volume);
                }
                servers.put(volume, server);
                String kind = Json.optionalText(each, "kind").orElse("increment");
                if (!CronJob.KINDS.contains(kind)) {
                    throw HttpError.invalid("kind must be one of " + CronJob.KINDS + ", not " + kind);
                }
                Json.optionalText(each, "cron")
                        .ifPresent(cron -> jobs.add(new CronJob(
                                CronJob.idOf(volume, "backup"),
                                "backup",
                                cron,
                                volume,
                                Map.of("kind", kind, "keep", Integer.toString(Json.number(each, "keep", 1, 10))))));
            }
            return new Cluster(daemons, servers, jobs);
        } catch (HttpError | IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Of the process of an app, in the order of the file. */
    List<Volume> volumes(String app, String proc) {
        return servers.keySet().stream()
                .filter(volume -> volume.app().equals(app) && volume.proc().equals(proc))
                .toList();
    }

    List<CronJob> jobsOf(String server) {
        return jobs.stream()
                .filter(job -> server.equals(servers.get(job.volume())))
                .toList();
    }

    Optional<URI> daemonOf(Volume volume) {
        return Optional.ofNullable(servers.get(volume)).map(daemons::get);
    }
}
