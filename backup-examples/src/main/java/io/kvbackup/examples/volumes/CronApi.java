package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Request;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The controller's addresses about jobs, records and servers, of both versions. */
final class CronApi {
    private static final String APP = "/api/v2/app/:app/cron";
    private static final String V1 = "/api/v1/cron";

    private final Daemons daemons;
    private final Records records;

    CronApi(Daemons daemons, Records records) {
        this.daemons = daemons;
        this.records = records;
    }

    void addTo(HttpHost host) {
        host.route("GET", APP + "/jobs", this::jobsOfApp)
                .route("GET", APP + "/jobs/:id", this::job)
                .route("POST", APP + "/jobs/:id/actions/:action", request -> act(request, request.part("action")))
                .route("GET", APP + "/records", this::recordsOfApp)
                .route("GET", APP + "/records/:id", this::record)
                .route(
                        "GET",
                        "/api/v2/server/:ip/cron/jobs",
                        request -> Answer.data(daemons.at(request.part("ip")).get("/jobs")))
                .route(
                        "GET",
                        "/api/v2/server/:ip/debug",
                        request -> Answer.data(daemons.at(request.part("ip")).get("/debug")))
                .route("GET", V1 + "/jobs/app/:app", this::jobsOfApp)
                .route("GET", V1 + "/jobs/all", request -> Answer.data(jobs(job -> true)))
                .route("POST", V1 + "/once/app/:app/id/:id", request -> act(request, "run"))
                .route("GET", V1 + "/records/app/:app", this::recordsOfApp)
                .route("GET", V1 + "/record/app/:app/id/:id", this::record);
    }

    private static String app(Request request) {
        return Volume.requireName("app", request.part("app"));
    }

    private Map<String, Object> fields(CronJob job) {
        Map<String, Object> fields = new LinkedHashMap<>(job.fields());
        fields.put("server", String.valueOf(daemons.cluster().servers().get(job.volume())));
        return fields;
    }

    private List<Map<String, Object>> jobs(Predicate<CronJob> wanted) {
        return daemons.cluster().jobs().stream()
                .filter(wanted)
                .map(this::fields)
                .toList();
    }

    /** An app that has no volumes is unknown. */
    private Answer jobsOfApp(Request request) {
        String app = requireApp(request);
        return Answer.data(jobs(job -> job.volume().app().equals(app)));
    }

    private String requireApp(Request request) {
        String app = app(request);
        if (daemons.cluster().servers().keySet().stream()
                .noneMatch(volume -> volume.app().equals(app))) {
            throw new HttpError(404, "APP_NOT_FOUND", "There is no app '" + app + "'");
        }
        return app;
    }

    private CronJob find(Request request) {
        return daemons.cluster().jobs().stream()
                .filter(job -> job.id().equals(request.part("id"))
                        && job.volume().app().equals(app(request)))
                .findFirst()
                .orElseThrow(() -> new HttpError(
                        404, "JOB_NOT_FOUND", "App '" + app(request) + "' has no job '" + request.part("id") + "'"));
    }

    /** With what its daemon says of it, if that answers. */
    private Answer job(Request request) throws IOException {
        CronJob job = find(request);
        Map<String, Object> fields = fields(job);
        try {
            for (JsonNode each : daemons.of(job.volume()).get("/jobs")) {
                if (each.path("id").asText().equals(job.id())) {
                    fields.put("next", each.path("next").asText());
                }
            }
        } catch (HttpError e) {
            fields.put("problem", String.valueOf(e.getMessage()));
        }
        return Answer.data(fields);
    }

    private Answer act(Request request, String action) throws IOException {
        CronJob job = find(request);
        if (!action.equals("run")) {
            throw new HttpError(404, "ACTION_NOT_FOUND", "There is no action '" + action + "', only 'run'");
        }
        daemons.of(job.volume()).post("/jobs/" + job.id() + "/run", Map.of());
        return Answer.done("The job runs");
    }

    private Answer recordsOfApp(Request request) throws IOException {
        return Answer.data(records.list(app(request)));
    }

    private Answer record(Request request) throws IOException {
        return Answer.data(records.find(app(request), request.part("id"))
                .orElseThrow(() -> new HttpError(
                        404,
                        "RECORD_NOT_FOUND",
                        "App '" + app(request) + "' has no record '" + request.part("id") + "'")));
    }
}
