package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Json;
import io.kvbackup.examples.http.Request;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The controller's addresses about backups, of both versions. */
final class BackupApi {
    private static final String PROC = "/api/v2/app/:app/proc/:proc/backups";
    private static final String V1 = "/api/v1/backup";

    private final Daemons daemons;

    BackupApi(Daemons daemons) {
        this.daemons = daemons;
    }

    void addTo(HttpHost host) {
        host.route("GET", PROC, this::list)
                .route("POST", PROC + "/actions/delete", this::delete)
                .route(
                        "GET",
                        PROC + "/:file",
                        request -> one(request, request.query("open").contains("true")))
                .route("POST", PROC + "/:file/actions/recover", this::recover)
                .route("POST", PROC + "/:file/actions/migrate", this::migrate)
                .route("GET", V1 + "/json/app/:app/proc/:proc", this::list)
                .route("GET", V1 + "/filelist/app/:app/proc/:proc/dir/:file", request -> one(request, true))
                .route("POST", V1 + "/recover/app/:app/proc/:proc/file/:file", this::recover)
                .route("POST", V1 + "/recover/increment/app/:app/proc/:proc/dir/:file", this::recover)
                .route("POST", V1 + "/migrate/app/:app/proc/:proc/file/:file", this::migrate)
                .route("POST", V1 + "/migrate/increment/app/:app/proc/:proc/dir/:file", this::migrate);
    }

    private static String app(Request request) {
        return Volume.requireName("app", request.part("app"));
    }

    /** In the first version it may be the whole name, as in {@code hello.web.web}. */
    private static String proc(Request request) {
        String proc = request.part("proc");
        return Volume.requireName("proc", proc.substring(proc.lastIndexOf('.') + 1));
    }

    private static String encode(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer list(Request request) throws IOException {
        List<String> volumes = request.query("volume").stream()
                .map(volume -> volume.replaceAll("^/|/$", ""))
                .toList();
        JsonNode all = daemons.any(
                app(request),
                proc(request),
                daemon -> daemon.get("/apps/" + encode(app(request)) + "/procs/" + encode(proc(request)) + "/backups"));
        List<JsonNode> wanted = new ArrayList<>();
        for (JsonNode backup : all) {
            if (volumes.isEmpty() || volumes.contains(backup.path("volume").asText())) {
                wanted.add(backup);
            }
        }
        return Answer.data(wanted);
    }

    private Answer one(Request request, boolean open) throws IOException {
        return Answer.data(find(request, request.part("file"), open));
    }

    /** A backup of this process. */
    private JsonNode find(Request request, String file, boolean open) throws IOException {
        JsonNode backup = daemons.any(
                app(request), proc(request), daemon -> daemon.get("/backups/" + encode(file) + "?open=" + open));
        if (!backup.path("app").asText().equals(app(request))
                || !backup.path("proc").asText().equals(proc(request))) {
            throw new HttpError(
                    404, "BACKUP_NOT_FOUND", "App '" + app(request) + "' has no backup '" + file + "' of this process");
        }
        return backup;
    }

    private Answer delete(Request request) throws IOException {
        List<String> files = Json.texts(request.fields(), "files");
        if (files.isEmpty()) {
            throw HttpError.invalid("Field 'files' must name at least one backup");
        }
        for (String file : files) {
            find(request, file, false);
        }
        return Answer.data(daemons.any(
                app(request), proc(request), daemon -> daemon.post("/backups/delete", Map.of("files", files))));
    }

    private Answer recover(Request request) throws IOException {
        ObjectNode body = request.fields();
        JsonNode backup = find(request, request.part("file"), false);
        int instance =
                Json.number(body, "instanceNo", 1, backup.path("instanceNo").asInt());
        return restore(
                "recover",
                request,
                body,
                new Volume(
                        app(request),
                        proc(request),
                        instance,
                        backup.path("volume").asText()));
    }

    private Answer migrate(Request request) throws IOException {
        ObjectNode body = request.fields();
        JsonNode backup = find(request, request.part("file"), false);
        int to = Json.number(body, "to", 1, 0);
        if (to == 0) {
            throw HttpError.invalid("Field 'to' is required");
        }
        int from = Json.number(body, "from", 1, backup.path("instanceNo").asInt());
        if (from != backup.path("instanceNo").asInt()) {
            throw HttpError.invalid("The backup is of instance " + backup.path("instanceNo") + ", not of " + from);
        }
        String volume =
                Json.optionalText(body, "volume").orElse(backup.path("volume").asText());
        return restore("migrate", request, body, new Volume(app(request), proc(request), to, volume));
    }

    private Answer restore(String type, Request request, JsonNode body, Volume target) throws IOException {
        Map<String, Object> order = new LinkedHashMap<>(target.fields());
        order.put("type", type);
        order.put("files", Json.texts(body, "files"));
        return Answer.data(daemons.of(target).post("/backups/" + encode(request.part("file")) + "/recover", order));
    }
}
