package io.kvbackup.examples.folders;

import io.kvbackup.job.JobRecord;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What the status says of a backup. */
record Task(String name, String updated_at) {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    static Task of(String name, JobRecord record) {
        Instant updated = record.state().ended().or(record.state()::started).orElse(record.created());
        return new Task(name, MILLIS.format(updated));
    }

    static String status(JobRecord record) {
        return switch (record.status()) {
            case PENDING -> "pending";
            case RUNNING -> "running";
            case FINISHED -> "finished";
            case ERROR, CANCELLED -> "error";
        };
    }
}
