package io.kvbackup.health;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.Jobs;
import io.kvbackup.model.Backup;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.HeldDatabases;
import io.kvbackup.restore.RestoreIntents;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks store and history how things stand. That a store does not answer is an answer too. */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class HealthCheck {
    private final ManagerContext context;
    private final BackupCatalog catalog;
    private final HeldDatabases held;
    private final Jobs jobs;
    private final RestoreIntents intents;
    private final Supplier<Map<String, Health.Replicated>> replications;

    public HealthCheck(
            ManagerContext context,
            BackupCatalog catalog,
            HeldDatabases held,
            Jobs jobs,
            RestoreIntents intents,
            Supplier<Map<String, Health.Replicated>> replications) {
        this.replications = replications;
        this.intents = intents;
        this.context = context;
        this.catalog = catalog;
        this.held = held;
        this.jobs = jobs;
    }

    /** @param patience how long the store may take */
    public Health look(Duration patience) throws IOException {
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience must be positive, not " + patience);
        }
        Instant now = context.clock().instant();
        Optional<String> problem = Optional.empty();
        Map<String, Health.OfDatabase> databases = new TreeMap<>();
        List<String> lost = new ArrayList<>();
        try {
            Set<String> ofHost = context.databases().names();
            Answer answer = ask(patience, () -> survey(now, ofHost));
            databases.putAll(answer.databases());
            lost.addAll(answer.lost());
        } catch (IOException e) {
            Interruption.rethrow(e);
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
        return new Health(
                now,
                problem,
                databases,
                lost,
                jobs.list().stream().map(Job::record).toList(),
                jobs.history(JobQuery.all().status(JobStatus.ERROR).limit(Health.FAILED_JOBS)),
                jobs.historyProblem(),
                nextRuns(),
                intents.unfinished(context.databases().findable()),
                replications.get());
    }

    private Map<String, Instant> nextRuns() {
        Map<String, Instant> next = new TreeMap<>();
        jobs.schedules().forEach(schedule -> schedule.nextRun().ifPresent(at -> next.put(schedule.name(), at)));
        return next;
    }

    private record Answer(Map<String, Health.OfDatabase> databases, List<String> lost) {}

    private Answer survey(Instant now, Set<String> ofHost) throws IOException {
        BackupCatalog.Survey survey = catalog.survey();
        Map<String, DatabaseSurvey> surveys = new TreeMap<>();
        Function<String, DatabaseSurvey> first =
                name -> new DatabaseSurvey(name, ofHost.contains(name), now, context.storeClock(), held);
        ofHost.forEach(name -> surveys.computeIfAbsent(name, first));
        // All names before all backups: a backup of all databases matters to each.
        survey.backups().forEach(backup -> surveys.computeIfAbsent(backup.database(), first));
        surveys.remove(Backup.ALL_DATABASES);
        for (Backup backup : survey.backups()) {
            if (backup.isOfAllDatabases()) {
                for (DatabaseSurvey each : surveys.values()) {
                    each.take(backup);
                }
            } else {
                surveys.computeIfAbsent(backup.database(), first).take(backup);
            }
        }
        Map<String, Health.OfDatabase> databases = new TreeMap<>();
        surveys.forEach((name, each) -> databases.put(name, each.found()));
        return new Answer(
                databases, survey.lost().stream().map(Backup::objectName).toList());
    }

    private interface Question<T> {
        T ask() throws IOException;
    }

    /** Limits the wait for the store, because its own deadlines are made for backups, which may take an hour. */
    private <T> T ask(Duration patience, Question<T> question) throws IOException {
        FutureTask<T> task = new FutureTask<>(question::ask);
        try {
            context.executor().execute(task);
            return task.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new IOException(
                    context.storage()
                            + " could not be asked for its backups: the executor takes no tasks (is it shut down, or"
                            + " full?): "
                            + e.getMessage(),
                    e);
        } catch (TimeoutException e) {
            throw new IOException(context.storage() + " did not answer for " + patience, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + context.storage() + " for its backups");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            task.cancel(true);
        }
    }
}
