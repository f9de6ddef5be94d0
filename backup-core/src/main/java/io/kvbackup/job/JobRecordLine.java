package io.kvbackup.job;

import io.kvbackup.format.JsonLine;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Progress;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A job as a line of JSON. */
final class JobRecordLine {
    private JobRecordLine() {}

    /** With the line's end. */
    static byte[] encode(JobRecord job) {
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
        return (JsonLine.encode(fields) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static JobRecord decode(byte[] line, String source) throws CorruptBackupException {
        Map<String, Object> fields = JsonLine.decode(line, source);
        try {
            return new JobRecord(
                    text(fields, "id"),
                    text(fields, "kind"),
                    databases(fields),
                    optional(fields, "schedule"),
                    optional(fields, "slot").map(Instant::parse),
                    optional(fields, "parent"),
                    (int) number(fields, "attempt"),
                    state(fields),
                    new Progress(
                            number(fields, "entries"),
                            number(fields, "bytes"),
                            text(fields, "status").equals(JobStatus.FINISHED.name()) ? 1 : -1,
                            Duration.ofMillis(number(fields, "elapsedMillis"))));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new CorruptBackupException(source + " is not a job: " + e.getMessage(), e);
        }
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
