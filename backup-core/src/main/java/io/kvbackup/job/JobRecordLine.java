package io.kvbackup.job;

import io.kvbackup.format.Documents;
import io.kvbackup.format.JsonLine;
import io.kvbackup.format.Limits;
import io.kvbackup.model.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job as a line of JSON. */
final class JobRecordLine {
    private static final Logger LOG = LoggerFactory.getLogger(JobRecordLine.class);
    private static final int CUT = 10_000;

    private JobRecordLine() {}

    /** With the line's end. One that would be too long to be read again tells less. */
    static byte[] encode(JobRecord job) {
        Map<String, Object> fields = fields(job);
        byte[] line = line(fields);
        if (line.length > Limits.HISTORY_LINE_BYTES) {
            LOG.warn(
                    "job history: job {} over {} databases takes {} bytes, at most {} are kept; its databases are "
                            + "left out",
                    job.id(),
                    job.databases().size(),
                    line.length,
                    Limits.HISTORY_LINE_BYTES);
            fields.put("databases", List.of());
            for (String field : List.of("kind", "text")) {
                fields.computeIfPresent(field, (name, text) -> cut((String) text));
            }
            line = line(fields);
        }
        return line;
    }

    private static String cut(String text) {
        return text.length() <= CUT ? text : text.substring(0, CUT) + "…";
    }

    private static byte[] line(Map<String, Object> fields) {
        return (JsonLine.encode(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, Object> fields(JobRecord job) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", job.id());
        fields.put("kind", job.kind());
        fields.put("databases", List.copyOf(job.databases()));
        job.schedule().ifPresent(name -> fields.put("schedule", name));
        job.slot().ifPresent(slot -> fields.put("slot", slot.toString()));
        job.parent().ifPresent(id -> fields.put("parent", id));
        fields.put("attempt", (long) job.attempt());
        fields.put("status", job.status().name());
        fields.put("created", job.created().toString());
        job.state().started().ifPresent(at -> fields.put("started", at.toString()));
        job.state().ended().ifPresent(at -> fields.put("ended", at.toString()));
        job.state().text().ifPresent(text -> fields.put("text", text));
        fields.put("entries", job.progress().entries());
        fields.put("bytes", job.progress().bytes());
        fields.put("elapsedMillis", job.progress().elapsed().toMillis());
        return fields;
    }

    static JobRecord decode(byte[] line, String source) throws IOException {
        return Documents.read(source, () -> record(JsonLine.decode(line, source)));
    }

    private static JobRecord record(Map<String, Object> fields) {
        return new JobRecord(
                text(fields, "id"),
                text(fields, "kind"),
                databases(fields),
                optional(fields, "schedule"),
                optional(fields, "slot").map(Instant::parse),
                optional(fields, "parent"),
                Math.toIntExact(number(fields, "attempt")),
                state(fields),
                new Progress(
                        number(fields, "entries"),
                        number(fields, "bytes"),
                        text(fields, "status").equals(JobStatus.FINISHED.name()) ? 1 : -1,
                        Duration.ofMillis(number(fields, "elapsedMillis"))));
    }

    private static JobState state(Map<String, Object> fields) {
        JobState.Pending pending = new JobState.Pending(time(fields, "created"));
        String said = optional(fields, "text").orElse("");
        return switch (JobStatus.valueOf(text(fields, "status"))) {
            case PENDING -> pending;
            case RUNNING -> pending.start(time(fields, "started"));
            case FINISHED -> pending.start(time(fields, "started")).finish(time(fields, "ended"), said);
            case ERROR -> pending.start(time(fields, "started")).fail(time(fields, "ended"), said);
            case CANCELLED ->
                fields.containsKey("started")
                        ? pending.start(time(fields, "started")).cancel(time(fields, "ended"), said)
                        : pending.cancel(time(fields, "ended"), said);
        };
    }

    private static Set<String> databases(Map<String, Object> fields) {
        Set<String> names = new HashSet<>();
        if (fields.get("databases") instanceof List<?> list) {
            list.forEach(name -> names.add((String) name));
        }
        return names;
    }

    private static Instant time(Map<String, Object> fields, String name) {
        return Instant.parse(text(fields, name));
    }

    private static Optional<String> optional(Map<String, Object> fields, String name) {
        return fields.containsKey(name) ? Optional.of(text(fields, name)) : Optional.empty();
    }

    private static String text(Map<String, Object> fields, String name) {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("field '" + name + "' is missing or no text");
    }

    private static long number(Map<String, Object> fields, String name) {
        if (fields.get(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException("field '" + name + "' is missing or no whole number");
    }
}
