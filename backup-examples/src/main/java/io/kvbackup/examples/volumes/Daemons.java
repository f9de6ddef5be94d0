package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemons of the cluster, as its file says at the moment. Safe for use by several threads. */
final class Daemons {
    private static final Logger LOG = LoggerFactory.getLogger(Daemons.class);

    /** Asks one of them. */
    interface Question {
        JsonNode ask(DaemonClient daemon) throws IOException;
    }

    private final Path file;
    private final String token;
    private volatile Cluster cluster;

    Daemons(Path file, String token) throws IOException {
        this.file = file;
        this.token = token;
        this.cluster = Cluster.read(file);
    }

    Cluster cluster() {
        return cluster;
    }

    /** Reads the file and tells each daemon its jobs; those that do not answer are told the next time. */
    void update() {
        try {
            cluster = Cluster.read(file);
        } catch (IOException e) {
            LOG.warn("The cluster stays as it was: {}", e.getMessage());
        }
        Cluster now = cluster;
        now.daemons().forEach((ip, address) -> {
            try {
                List<Map<String, Object>> jobs =
                        now.jobsOf(ip).stream().map(CronJob::fields).toList();
                new DaemonClient(address, token).post("/jobs", Map.of("jobs", jobs));
            } catch (IOException | RuntimeException e) {
                LOG.debug("server {}: {}", ip, e.getMessage());
            }
        });
    }

    DaemonClient at(String ip) {
        URI address = cluster.daemons().get(ip);
        if (address == null) {
            throw new HttpError(404, "SERVER_NOT_FOUND", "There is no server '" + ip + "'");
        }
        return new DaemonClient(address, token);
    }

    DaemonClient of(Volume volume) {
        return new DaemonClient(
                cluster.daemonOf(volume)
                        .orElseThrow(() -> new HttpError(
                                404,
                                "VOLUME_NOT_FOUND",
                                "Instance " + volume.instance() + " of " + volume.app() + "." + volume.proc()
                                        + " has no volume '" + volume.path() + "'")),
                token);
    }

    /** Any will do, because all have one store: the first that answers, beginning with those of the process. */
    JsonNode any(String app, String proc, Question question) throws IOException {
        Cluster now = cluster;
        List<Volume> volumes = now.volumes(app, proc);
        if (volumes.isEmpty()) {
            throw new HttpError(404, "PROC_NOT_FOUND", "There is no process '" + proc + "' of app '" + app + "'");
        }
        List<URI> addresses = new ArrayList<>();
        volumes.forEach(volume -> now.daemonOf(volume).ifPresent(addresses::add));
        addresses.addAll(now.daemons().values());
        Set<URI> asked = new HashSet<>();
        HttpError last = new HttpError(502, "SERVER_UNREACHABLE", "No server answers");
        for (URI address : addresses) {
            if (asked.add(address)) {
                try {
                    return question.ask(new DaemonClient(address, token));
                } catch (HttpError e) {
                    if (e.status() != 502) {
                        throw e;
                    }
                    last = e;
                }
            }
        }
        throw last;
    }
}
