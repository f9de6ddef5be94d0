package io.kvbackup.examples.volumes;

import io.kvbackup.BackupManager;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;

/** Runs jobs at their times and on request, and records each run. Safe for use by several threads. */
final class CronEngine {
    /** Work that is recorded. */
    interface Work {
        String run() throws IOException;
    }

    private final BackupManager manager;
    private final VolumeBackups volumes;
    private final Path root;
    private final Outbox outbox;
    private final Clock clock;
    private final Map<String, TaskType> types = new LinkedHashMap<>();
    private final Map<String, CronJob> jobs = new LinkedHashMap<>();

    CronEngine(BackupManager manager, VolumeBackups volumes, Path root, Outbox outbox, Clock clock) {
        this.manager = manager;
        this.volumes = volumes;
        this.root = root;
        this.outbox = outbox;
        this.clock = clock;
        ServiceLoader.load(TaskType.class).forEach(type -> types.put(type.name(), type));
    }

    /** From now on these jobs, and no others; those that have not changed go on. */
    synchronized void replace(List<CronJob> wanted) {
        for (CronJob job : wanted) {
            if (!types.containsKey(job.type())) {
                throw HttpError.invalid("There is no task type '" + job.type() + "', only " + types.keySet());
            }
        }
        for (CronJob old : List.copyOf(jobs.values())) {
            if (!wanted.contains(old)) {
                manager.jobs().unschedule(old.id());
                jobs.remove(old.id());
            }
        }
        for (CronJob job : wanted) {
            if (!jobs.containsKey(job.id())) {
                volumes.know(job.volume());
                manager.jobs()
                        .schedule(
                                job.id(),
                                Schedule.cron(job.cron()),
                                JobTask.of(job.type(), context -> context.result(run(job)))
                                        .holding(job.volume().database()));
                jobs.put(job.id(), job);
            }
        }
    }

    private String run(CronJob job) throws IOException {
        TaskType type = types.get(job.type());
        if (type == null) {
            throw new IOException("no task type " + job.type());
        }
        TaskContext context =
                new TaskContext(manager, job.volume().database(), job.volume().folder(root), job.arguments());
        return recorded(job.id(), job.type(), job.volume(), () -> type.run(context));
    }

    /** Does work and records it, from its begin on. */
    String recorded(String job, String type, Volume volume, Work work) throws IOException {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("id", clock.millis() + "-" + UUID.randomUUID());
        record.put("jobId", job);
        record.put("type", type);
        record.putAll(volume.fields());
        record.put("started", clock.instant().toString());
        record.put("state", "running");
        outbox.put(record);
        try {
            String result = work.run();
            record.put("state", "success");
            record.put("result", result);
            return result;
        } catch (IOException | RuntimeException e) {
            record.put("state", "error");
            record.put("reason", String.valueOf(e.getMessage()));
            throw e;
        } finally {
            record.put("ended", clock.instant().toString());
            outbox.put(record);
        }
    }

    /** Starts a job now; does not wait for it. */
    synchronized void runNow(String id) {
        if (!jobs.containsKey(id)) {
            throw new HttpError(404, "JOB_NOT_FOUND", "There is no job '" + id + "'");
        }
        manager.jobs().runNow(id);
    }

    synchronized List<Map<String, Object>> list() {
        Map<String, Schedule.Status> schedules = new LinkedHashMap<>();
        manager.jobs().schedules().forEach(status -> schedules.put(status.name(), status));
        List<Map<String, Object>> all = new ArrayList<>();
        for (CronJob job : jobs.values()) {
            Map<String, Object> fields = job.fields();
            Schedule.Status status = schedules.get(job.id());
            if (status != null) {
                status.nextRun().ifPresent(next -> fields.put("next", next.toString()));
            }
            all.add(fields);
        }
        return all;
    }

    Iterable<String> types() {
        return types.keySet();
    }
}
