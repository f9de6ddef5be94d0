package io.kvbackup.examples.volumes;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.Json;
import io.kvbackup.job.Schedule;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What a daemon does at the times of a cron expression.
 *
 * @param id of letters, digits, {@code _}, {@code .} and {@code -}
 * @param type the name of a {@link TaskType}
 * @param arguments what the type makes of them
 */
record CronJob(String id, String type, String cron, Volume volume, Map<String, String> arguments) {
    CronJob {
        if (!id.matches("[A-Za-z0-9._-]{1,200}")) {
            throw HttpError.invalid("'" + id + "' is not the id of a job");
        }
        Schedule.cron(cron);
        arguments = Map.copyOf(arguments);
    }

    /** The same for the same volume and type, whenever it is asked. */
    static String idOf(Volume volume, String type) {
        CRC32C sum = new CRC32C();
        sum.update((type + "." + volume.database()).getBytes(StandardCharsets.UTF_8));
        return volume.app() + "-" + volume.proc() + "-" + volume.instance() + "-" + type + "-"
                + Long.toHexString(sum.getValue());
    }

    static CronJob of(JsonNode fields) {
        Map<String, String> arguments = new LinkedHashMap<>();
        JsonNode given = fields.path("arguments");
        for (String name : (Iterable<String>) given::fieldNames) {
            arguments.put(name, Json.text(given, name));
        }
        return new CronJob(
                Json.text(fields, "id"),
                Json.text(fields, "type"),
                Json.text(fields, "cron"),
                Volume.of(fields),
                arguments);
    }

    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", id);
        fields.put("type", type);
        fields.put("cron", cron);
        fields.putAll(volume.fields());
        fields.put("arguments", arguments);
        return fields;
    }

    static final Set<String> KINDS = Set.of("full", "increment");
}
