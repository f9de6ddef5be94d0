package io.kvbackup.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.BackupManager;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Jobs;
import io.kvbackup.model.VerifyLevel;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What each address of the API does. */
final class Routes {
    private static final String JOBS = "/api/jobs/";
    private static final String SCHEDULES = "/api/schedules/";

    private final BackupManager manager;
    private final Views views;

    Routes(BackupManager manager) {
        this.manager = manager;
        this.views = new Views(manager);
    }

    JsonNode get(String path, @Nullable String query) throws IOException, HttpFailure {
        Map<String, String> parameters = parameters(query);
        return switch (path) {
            case "/api/status" -> views.status();
            case "/api/backups" ->
                views.backups(Optional.ofNullable(parameters.get("database")), limit(parameters.get("limit")));
            case "/api/jobs" -> views.jobs(limit(parameters.get("limit")));
            case "/api/storage" -> views.storage();
            default -> {
                if (path.startsWith(JOBS)) {
                    yield Views.job(manager.jobs().describe(path.substring(JOBS.length())));
                }
                throw unknown(path);
            }
        };
    }

    JsonNode post(String path, JsonNode body) throws IOException, HttpFailure {
        Jobs jobs = manager.jobs();
        return switch (path) {
            case "/api/backup" -> submitted(jobs.submit(backup(body)));
            case "/api/verify" -> submitted(jobs.submit(JobTask.verify(required(body, "object_name"), level(body))));
            case "/api/clear_error" -> cleared(jobs.clearErrors());
            case "/api/clear_finished" -> cleared(jobs.clearFinished());
            default -> {
                if (path.startsWith(JOBS) && path.endsWith("/cancel")) {
                    yield cancel(jobs, path.substring(JOBS.length(), path.length() - "/cancel".length()));
                } else if (path.startsWith(SCHEDULES)) {
                    yield schedule(jobs, path.substring(SCHEDULES.length()));
                }
                throw unknown(path);
            }
        };
    }

    private JobTask backup(JsonNode body) throws IOException {
        Optional<String> database = text(body, "database");
        if (database.isEmpty()) {
            return JobTask.backupAll();
        }
        if (!manager.databaseNames().contains(database.get())) {
            throw new NoSuchElementException(
                    "there is no database '" + database.get() + "'; there are " + manager.databaseNames());
        }
        return JobTask.backup(database.get());
    }

    private static VerifyLevel level(JsonNode body) {
        String level = text(body, "level").orElse(VerifyLevel.DIGEST.name());
        try {
            return VerifyLevel.valueOf(level.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "level must be one of " + Arrays.toString(VerifyLevel.values()) + ", not '" + level + "'", e);
        }
    }

    private static JsonNode cancel(Jobs jobs, String id) {
        Objects.requireNonNull(jobs.describe(id), "job");
        return object().put("cancelled", jobs.cancel(id));
    }

    private static JsonNode schedule(Jobs jobs, String path) throws HttpFailure {
        int slash = path.lastIndexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        String action = slash < 0 ? "" : path.substring(slash + 1);
        if (jobs.schedules().stream().noneMatch(schedule -> schedule.name().equals(name))) {
            throw new NoSuchElementException("there is no schedule '" + name + "'");
        }
        switch (action) {
            case "run" -> {
                return submitted(jobs.runNow(name));
            }
            case "pause" -> jobs.pause(name);
            case "resume" -> jobs.resume(name);
            default -> throw unknown(SCHEDULES + path);
        }
        return object().put("schedule", name);
    }

    private static JsonNode submitted(Job job) {
        return object().put("job", job.id());
    }

    private static JsonNode cleared(int count) {
        return object().put("cleared", count);
    }

    private static String required(JsonNode body, String name) {
        return text(body, name)
                .orElseThrow(() -> new IllegalArgumentException("the body lacks the field '" + name + "'"));
    }

    private static Optional<String> text(JsonNode body, String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw new IllegalArgumentException("the field '" + name + "' must be a text");
        }
        return Optional.of(value.textValue());
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return Views.LIMIT;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit > 0 && limit <= Views.MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            // The message below is for this too.
        }
        throw new IllegalArgumentException("limit must be between 1 and " + Views.MOST + ", not '" + text + "'");
    }

    private static Map<String, String> parameters(@Nullable String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    private static HttpFailure unknown(String path) {
        return new HttpFailure(404, "there is nothing at " + path);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
