package io.kvbackup.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupQuery;
import io.kvbackup.health.Health;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.Verification;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs, backups and health as JSON. Times are ISO 8601 in UTC, durations seconds, sizes bytes. */
final class Views {
    /** How many jobs or backups are listed unless more are asked for. */
    static final int LIMIT = 50;

    static final int MOST = 1000;
    /** The store is asked for its list no more often, unless a job has ended since. */
    private static final Duration FRESH = Duration.ofSeconds(15);
    /** The points of the chart. */
    private static final int DAYS = 90;

    private final BackupManager manager;
    private @Nullable Health health;
    private long asked;
    private String jobsThen = "";

    Views(BackupManager manager) {
        this.manager = manager;
    }

    private synchronized Health health(List<JobRecord> ended) throws IOException {
        String jobsNow = ended.isEmpty() ? "" : ended.get(0).id() + ended.size();
        Health known = health;
        long now = System.nanoTime();
        if (known == null || now - asked > FRESH.toNanos() || !jobsNow.equals(jobsThen)) {
            known = manager.health();
            health = known;
            asked = now;
            jobsThen = jobsNow;
        }
        return known;
    }

    ObjectNode status() throws IOException {
        List<JobRecord> finished = history(JobStatus.FINISHED, JobStatus.CANCELLED);
        List<JobRecord> failed = history(JobStatus.ERROR);
        Health now = health(Stream.concat(finished.stream(), failed.stream())
                .sorted(JobRecord.NEWEST_FIRST)
                .toList());
        ObjectNode status = object().put("at", now.at().toString());
        status.put("store_problem", now.storeProblem().orElse(null));
        strings(status.putArray("warnings"), now.warnings());
        jobs(status.putArray("pending"), active(JobStatus.PENDING));
        jobs(status.putArray("running"), active(JobStatus.RUNNING));
        jobs(status.putArray("finished"), finished);
        jobs(status.putArray("error"), failed);
        ArrayNode databases = status.putArray("databases");
        now.databases().values().forEach(database -> databases.add(database(database, now.replications())));
        ArrayNode schedules = status.putArray("schedules");
        manager.jobs().schedules().forEach(schedule -> schedules.add(schedule(schedule)));
        return status;
    }

    private List<JobRecord> history(JobStatus first, JobStatus... others) {
        return manager.jobs().history(JobQuery.all().status(first, others).limit(LIMIT));
    }

    private List<JobRecord> active(JobStatus status) {
        return manager.jobs().list().stream()
                .map(job -> job.record())
                .filter(job -> job.status() == status)
                .toList();
    }

    private static ObjectNode database(Health.OfDatabase database, Map<String, Health.Replicated> replications) {
        ObjectNode node = object().put("name", database.database()).put("live", database.live());
        node.set("newest", database.newest().map(Views::backup).orElse(null));
        node.put("age_seconds", database.age().map(Duration::toSeconds).orElse(null));
        node.set(
                "last_verification",
                database.lastVerification().map(Views::verification).orElse(null));
        node.set("last_drill", database.lastDrill().map(Views::verification).orElse(null));
        node.put("damaged", database.damaged().map(Backup::objectName).orElse(null));
        Health.Replicated replicated = replications.get(database.database());
        if (replicated != null) {
            node.putObject("replication")
                    .put("state", replicated.state().toLowerCase(Locale.ROOT))
                    .put("problem", replicated.problem().orElse(null))
                    .put("lag_seconds", replicated.lag().toMillis() / 1e3)
                    .put("synced_through", replicated.syncedThrough().toString());
        }
        return node;
    }

    private static ObjectNode verification(Verification verification) {
        return object().put("level", verification.level().name().toLowerCase(Locale.ROOT))
                .put("at", verification.at().toString())
                .put("passed", verification.passed());
    }

    private static ObjectNode schedule(Schedule.Status schedule) {
        return object().put("name", schedule.name())
                .put("runs", schedule.schedule().toString())
                .put("paused", schedule.paused())
                .put("next_run", schedule.nextRun().map(Instant::toString).orElse(null))
                .put("failed_attempts", schedule.failedAttempts());
    }

    /** The newest first. */
    ObjectNode backups(Optional<String> database, int limit) throws IOException {
        BackupQuery query =
                database.map(name -> BackupQuery.all().database(name)).orElse(BackupQuery.all());
        ObjectNode node = object();
        ArrayNode list = node.putArray("backups");
        try (Stream<Backup> backups = manager.streamBackups(query)) {
            backups.limit(limit).forEach(backup -> list.add(backup(backup)));
        }
        return node;
    }

    private static ObjectNode backup(Backup backup) {
        ObjectNode node = object().put("object_name", backup.objectName())
                .put("database", backup.database())
                .put("timestamp", backup.timestamp().toString())
                .put("kind", backup.kind().name().toLowerCase(Locale.ROOT))
                .put("format", backup.format())
                .put("stored_bytes", backup.storedBytes())
                .put("confirmed", backup.hasManifest())
                .put("pinned", backup.isPinned())
                .put("damaged", backup.marks().isDamaged());
        strings(node.putArray("tags"), backup.tags());
        node.set(
                "verified",
                backup.marks().lastVerification().map(Views::verification).orElse(null));
        return node;
    }

    ObjectNode jobs(int limit) {
        ObjectNode node = object();
        jobs(node.putArray("jobs"), manager.jobs().history(JobQuery.all().limit(limit)));
        return node;
    }

    private static void jobs(ArrayNode list, List<JobRecord> jobs) {
        jobs.forEach(job -> list.add(job(job)));
    }

    static ObjectNode job(JobRecord job) {
        ObjectNode node = object().put("id", job.id())
                .put("kind", job.kind())
                .put("status", job.status().name().toLowerCase(Locale.ROOT))
                .put("created", job.created().toString())
                .put("started", job.state().started().map(Instant::toString).orElse(null))
                .put("ended", job.state().ended().map(Instant::toString).orElse(null))
                .put("text", job.state().text().orElse(null))
                .put("schedule", job.schedule().orElse(null))
                .put("attempt", job.attempt());
        strings(node.putArray("databases"), job.databases());
        node.putObject("progress")
                .put("entries", job.progress().entries())
                .put("bytes", job.progress().bytes())
                .put("fraction", job.progress().fraction());
        return node;
    }

    /** How many bytes the backups have that are in the store now, by the day on which they were taken, added up. */
    ObjectNode storage() throws IOException {
        TreeMap<LocalDate, Long> days = new TreeMap<>();
        try (Stream<Backup> backups = manager.streamBackups(BackupQuery.all())) {
            backups.forEach(backup -> days.merge(
                    LocalDate.ofInstant(backup.timestamp(), ZoneOffset.UTC), backup.storedBytes(), Long::sum));
        }
        ObjectNode node = object();
        ArrayNode points = node.putArray("days");
        long[] total = new long[1];
        int[] left = {days.size()};
        days.forEach((day, bytes) -> {
            total[0] += bytes;
            if (left[0]-- <= DAYS) {
                points.addObject().put("day", day.toString()).put("bytes", total[0]);
            }
        });
        return node.put("bytes", total[0]);
    }

    private static void strings(ArrayNode list, Iterable<String> texts) {
        texts.forEach(list::add);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
