package io.kvbackup.job;

import io.kvbackup.model.Backup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a manager: those under way, those that were, and those to come.
 *
 * <p>Jobs that are submitted wait in order until no other holds one of their databases, and until one of the places is
 * free in which they run side by side. The blocking methods of the manager are jobs as well: they wait for their
 * databases in the same order, but run on the caller's thread, so they need no place.
 *
 * <p>Safe for use by several threads.
 */
public final class Jobs implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    /** Work that ignores the interrupt for longer than this is left behind by {@link #closeNow}. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Of a host's name or a process's number, another process may have the same. */
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final Duration FOR_EVER = Duration.ofDays(36500);

    /**
     * Work that somebody waits for.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Call<T> {
        T run(JobContext job) throws IOException;
    }

    /**
     * What jobs have from their manager; hosts have no need of it.
     *
     * @param operations the work behind the built-in tasks
     * @param instance what processes have in common that do the same, unless the host says
     * @param storage where leases lie
     * @param clock stamps jobs and decides when schedules are due
     * @param nanoTime monotonic, for leases
     * @param executor the host's, if it gave the manager one
     */
    public record Host(
            Operations operations,
            String instance,
            StorageClient storage,
            Clock clock,
            LongSupplier nanoTime,
            Optional<Executor> executor) {
        public Host {
            Objects.requireNonNull(operations, "operations");
            ScheduleName.require("instance", instance);
            Objects.requireNonNull(storage, "storage");
            Objects.requireNonNull(clock, "clock");
            Objects.requireNonNull(nanoTime, "nanoTime");
            Objects.requireNonNull(executor, "executor");
        }
    }

    private final Operations operations;
    private final JobHistory history;
    private final JobRegister register;
    private final JobRunner runner;
    private final Scheduler scheduler;
    private final List<Closeable> owned;

    private Jobs(JobSettings settings, JobHistory history, List<Closeable> owned) {
        this.operations = settings.operations();
        this.history = history;
        this.owned = owned;
        register = new JobRegister(history);
        runner = new JobRunner(settings, register, RANDOM);
        SlotRuns runs = new SlotRuns(settings, runner, history);
        scheduler = new Scheduler(settings.clock(), settings.timer(), runner, runs, history, RANDOM);
    }

    /**
     * For the manager, which closes them.
     *
     * @throws IOException if the history cannot be opened
     */
    public static Jobs open(JobOptions options, Host host) throws IOException {
        JobHistory history = options.openHistory(host.clock());
        List<Closeable> owned = new ArrayList<>(List.of(history));
        Executor executor =
                options.executor().or(host::executor).orElseGet(() -> own(new JobThreads("kvbackup-job-"), owned));
        Executor keeper = options.keeper().orElseGet(() -> own(new JobThreads("kvbackup-lease-"), owned));
        JobOptions.Timer timer = options.timer().orElseGet(() -> own(new SystemTimer(), owned));
        return new Jobs(
                new JobSettings(
                        host.operations(),
                        executor,
                        keeper,
                        options.concurrency(),
                        host.clock(),
                        timer,
                        options.claims(host, RANDOM)),
                history,
                owned);
    }

    private static <T extends Closeable> T own(T made, List<Closeable> owned) {
        owned.add(made);
        return made;
    }

    /**
     * Has a task done, as soon as its databases and a place are free. Does not wait; whatever goes wrong, the job says.
     *
     * @throws IllegalStateException if the manager is closed
     */
    public Job submit(JobTask task) {
        return runner.submit(JobRequest.of(task.scope()), task);
    }

    /**
     * Does work as a job on the calling thread, once its databases are free. Within a job, this is a job of its own
     * that may use the databases which that one holds.
     *
     * @throws java.io.InterruptedIOException if the job was cancelled or the thread interrupted
     */
    public <T> T call(JobScope scope, Call<T> work) throws IOException {
        return runner.call(scope, work);
    }

    /**
     * Runs a task again and again, at the times of a schedule; see {@link Schedule} for what happens when a run is
     * missed, takes too long, or fails. Times that passed since the last run that the history knows of are made up for
     * by one run at once.
     *
     * @param name of letters, digits, {@code .}, {@code _} and {@code -}
     * @throws IllegalArgumentException if there is a schedule of that name already, or it cannot be a name; or if the
     *     task is for a database that is not registered, and there is no catalog
     * @throws IllegalStateException if the manager is closed
     */
    public void schedule(String name, Schedule schedule, JobTask task) {
        task.database().ifPresent(operations::requireKnowable);
        scheduler.add(name, schedule, task);
    }

    /** The schedules and where they stand, in the order in which they were made. */
    public List<Schedule.Status> schedules() {
        return scheduler.list();
    }

    /**
     * Runs a schedule's task once, now, be it paused or not; its times stay as they are. If it is under way, that is
     * the run.
     *
     * @throws IllegalArgumentException if there is no schedule of that name
     */
    public Job runNow(String name) {
        return scheduler.runNow(name);
    }

    /**
     * Lets a schedule rest, also after a restart if the history is in a folder; a run that is under way goes on.
     *
     * @throws IllegalArgumentException if there is no schedule of that name
     */
    public void pause(String name) {
        scheduler.pause(name);
    }

    /**
     * Goes on with the next time of a schedule; those that passed while it was paused are not made up for.
     *
     * @throws IllegalArgumentException if there is no schedule of that name
     */
    public void resume(String name) {
        scheduler.resume(name);
    }

    /**
     * Ends a schedule; a run that is under way goes on.
     *
     * @throws IllegalArgumentException if there is no schedule of that name
     */
    public void unschedule(String name) {
        scheduler.remove(name);
    }

    /** The jobs that are waiting or at work, in the order in which they were asked for. */
    public List<Job> list() {
        return register.live();
    }

    /** What is known of the jobs that are wanted, ended or not, the youngest first. */
    public List<JobRecord> history(JobQuery query) {
        return history.find(query).stream().map(this::upToDate).toList();
    }

    private JobRecord upToDate(JobRecord record) {
        return register.find(record.id()).map(Job::record).orElse(record);
    }

    /**
     * What is known of a job.
     *
     * @throws NoSuchElementException if the id is unknown, or has been forgotten
     */
    public JobRecord describe(String id) {
        return history(JobQuery.all().id(id)).stream().findFirst().orElseThrow(() -> unknown(id));
    }

    /**
     * Cancels a job; see {@link Job#cancel()}.
     *
     * @return {@code false} if it had ended already
     * @throws NoSuchElementException if the id is unknown, or has been forgotten
     */
    public boolean cancel(String id) {
        Optional<Job> job = register.find(id);
        if (job.isEmpty()) {
            describe(id);
            return false;
        }
        return job.get().cancel();
    }

    private static NoSuchElementException unknown(String id) {
        return new NoSuchElementException(
                "no job '" + id + "' in the history; it was forgotten, or the id is not one that Job.id() gave");
    }

    /**
     * Adds a listener that is told of every job, for as long as the manager lives.
     *
     * @param listener as for {@link Job#addListener}
     */
    public void addListener(Consumer<? super JobRecord> listener) {
        register.addListener(listener);
    }

    /**
     * Forgets the jobs that failed. A schedule of which no run has ever finished then starts afresh after a restart:
     * what it missed is forgotten as well.
     *
     * @return how many
     */
    public int clearErrors() {
        return history.forget(EnumSet.of(JobStatus.ERROR));
    }

    /**
     * Forgets the jobs that finished or were cancelled, but for the last run of each schedule that finished: after a
     * restart, that one tells which runs were missed.
     *
     * @return how many
     */
    public int clearFinished() {
        return history.forget(EnumSet.of(JobStatus.FINISHED, JobStatus.CANCELLED));
    }

    /** What is wrong with the history itself, if anything is; see {@link JobHistory#problem}. */
    public Optional<String> historyProblem() {
        return history.problem();
    }

    /** Takes no more jobs and waits for those that there are. If the thread is interrupted, it cancels them. */
    @Override
    public void close() throws IOException {
        scheduler.stop();
        register.refuse();
        try {
            register.awaitEnd(Jobs::isForeign, FOR_EVER);
            awaitSchedules();
        } catch (InterruptedException e) {
            closeNow();
            Thread.currentThread().interrupt();
            return;
        }
        closeOwned();
    }

    private void closeOwned() throws IOException {
        for (Closeable each : owned) {
            each.close();
        }
    }

    /** Takes no more jobs, cancels those that there are, and waits some seconds for them to stop. */
    public void closeNow() throws IOException {
        scheduler.stop();
        register.refuse();
        boolean interrupted = Thread.interrupted();
        register.live().stream().filter(Jobs::isForeign).forEach(job -> job.cancel("the manager was closed"));
        try {
            if (!register.awaitEnd(Jobs::isForeign, PATIENCE)) {
                LOG.warn("closed, although these jobs do not stop: {}", register.live());
            }
            awaitSchedules();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            closeOwned();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitSchedules() throws InterruptedException {
        if (!scheduler.awaitIdle(PATIENCE)) {
            LOG.warn("closed, although the store did not take in time how the last run of a schedule went;"
                    + " another process may run it again");
        }
    }

    /** A job that closes the manager cannot wait for its own end. */
    private static boolean isForeign(Job job) {
        return !CurrentJob.isDoing(job);
    }

    /**
     * The work behind the built-in tasks, as the manager does it; hosts have no need of it. All methods block, throw
     * what the manager's methods of the same names throw, tell the job how far they are, and hold the databases that
     * they touch.
     */
    public interface Operations {
        /** The databases that exist now. */
        Set<String> databaseNames() throws IOException;

        /** @throws IllegalArgumentException if there can be no database of that name */
        void requireKnowable(String database);

        Backup backup(String database, JobContext job) throws IOException;

        Backup backupAll(JobContext job) throws IOException;

        Backup restore(String objectName, JobContext job) throws IOException;

        Backup restoreAll(String objectName, JobContext job) throws IOException;

        /** Empty if the store holds none. */
        Optional<Backup> restoreLatest(String database, JobContext job) throws IOException;

        /** Says which backup was verified, and how much was found. */
        String verify(String objectName, VerifyLevel level, JobContext job) throws IOException;

        /**
         * Verifies what was not verified for so long.
         *
         * @param bytesPerSecond how fast at most, or {@link Long#MAX_VALUE}
         * @param atMost how long all of it may take
         * @return what was verified
         * @throws IOException if some did not pass
         */
        String verifyDue(
                VerifyLevel level, Duration notFor, long bytesPerSecond, Optional<Duration> atMost, JobContext job)
                throws IOException;

        void copy(String objectName, StorageClient target, JobContext job) throws IOException;

        /** Plans and prunes; says what was removed. */
        String prune(RetentionPolicy policy, JobContext job) throws IOException;
    }
}
