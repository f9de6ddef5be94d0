package io.kvbackup.micrometer;

import io.kvbackup.BackupManager;
import io.kvbackup.event.BackupEvent;
import io.kvbackup.event.BackupListener;
import io.kvbackup.model.Backup;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Meters for a manager:
 *
 * <ul>
 *   <li>{@code kvbackup.backup.duration}, {@code .entries}, {@code .bytes}: of each job that finished, tagged with its
 *       {@code kind} ({@code backup}, {@code restore}, {@code verify}, …) and {@code database} ({@code full} for
 *       several)
 *   <li>{@code kvbackup.backup.failures}: jobs that failed, with the same tags; like the three above it is there from
 *       the start, at 0, for backups, restores, verifications and copies of each database, so that the first failure is
 *       an increase
 *   <li>{@code kvbackup.backup.drift}: sets in which a scan found changes that the {@code database} had not told of;
 *       see {@link BackupListener#onDrift}
 *   <li>{@code kvbackup.backup.age}: seconds since the snapshot of the newest good backup of each database was taken
 *       (not known as damaged, and with a stamp that can be believed), infinite if there is none, so that {@code age >
 *       limit} holds; NaN until the store was asked for the first time
 *   <li>{@code kvbackup.backup.exists}: 1 if the database has such a backup, or 0; NaN as long as the store has never
 *       answered
 *   <li>{@code kvbackup.health.age}: seconds since the store last told of those backups
 *   <li>{@code kvbackup.store.reachable}: 1, or 0 if it did not answer then
 *   <li>{@code kvbackup.replication.lag}: seconds that the oldest commit has been waiting that is not in the store, 0
 *       if there is none, for each database whose replication was set up; asks no store
 * </ul>
 *
 * The last five are there after {@link #watch} was called. A scrape never waits for the store, and does not ask it more
 * often than {@code maxAge} says.
 *
 * <pre>{@code
 * BackupMetrics metrics = new BackupMetrics(registry);
 * BackupManager manager = BackupManager.builder().listener(metrics)….build();
 * metrics.watch(manager, Duration.ofMinutes(5));
 * }</pre>
 *
 * Safe for use by several threads.
 */
public final class BackupMetrics implements BackupListener {
    /** What is done to single databases, or all of them. */
    private static final List<String> KINDS = List.of("backup", "restore", "verify", "copy");

    private static final List<String> STORE_KINDS = List.of("prune", "verify-due");

    private final MeterRegistry registry;
    private final Clock clock;
    private final Executor executor;

    /** Meters in {@code registry}; health is looked at on daemon threads. */
    @SuppressWarnings("exports") // only hosts that have Micrometer call this, and they require its module themselves
    public BackupMetrics(MeterRegistry registry) {
        this(registry, Clock.systemUTC(), BackupMetrics::onThreadOfItsOwn);
    }

    /**
     * @param clock tells how old backups are; that of the manager
     * @param executor runs one short task now and then, on another thread than the one that scrapes
     */
    @SuppressWarnings("exports") // only hosts that have Micrometer call this, and they require its module themselves
    public BackupMetrics(MeterRegistry registry, Clock clock, Executor executor) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    @Override
    public void onOpened(Set<String> databases) {
        KINDS.forEach(kind -> startAtZero(Tags.of("kind", kind, "database", Backup.ALL_DATABASES)));
        STORE_KINDS.forEach(kind -> startAtZero(Tags.of("kind", kind, "database", "")));
        databases.forEach(this::startAtZero);
    }

    private void startAtZero(String database) {
        drift(database);
        KINDS.forEach(kind -> startAtZero(Tags.of("kind", kind, "database", database)));
    }

    private void startAtZero(Tags tags) {
        duration(tags);
        entries(tags);
        bytes(tags);
        failures(tags);
    }

    private static void onThreadOfItsOwn(Runnable task) {
        Thread thread = new Thread(task, "kvbackup-health");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Watches the age of backups.
     *
     * @param maxAge how old the last answer of the store may be before a scrape asks again, in the background; that
     *     scrape still shows the old answer
     * @throws IllegalArgumentException if {@code maxAge} is not positive
     */
    public void watch(BackupManager manager, Duration maxAge) {
        if (maxAge.isNegative() || maxAge.isZero()) {
            throw new IllegalArgumentException("maxAge must be positive, not " + maxAge);
        }
        new WatchedHealth(manager, maxAge, clock, executor, this::startAtZero).bindTo(registry);
    }

    @Override
    public void onFinished(BackupEvent event) {
        Tags tags = tags(event);
        duration(tags).record(event.took());
        entries(tags).record((double) event.entries());
        bytes(tags).record((double) event.bytes());
    }

    private Timer duration(Tags tags) {
        return Timer.builder("kvbackup.backup.duration")
                .description("Time that jobs took")
                .tags(tags)
                .register(registry);
    }

    private DistributionSummary entries(Tags tags) {
        return summary("kvbackup.backup.entries", "Entries that passed", "entries", tags);
    }

    private DistributionSummary bytes(Tags tags) {
        return summary("kvbackup.backup.bytes", "Bytes that passed", "bytes", tags);
    }

    private Counter failures(Tags tags) {
        return registry.counter("kvbackup.backup.failures", tags);
    }

    private DistributionSummary summary(String name, String description, String unit, Tags tags) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry);
    }

    @Override
    public void onFailed(BackupEvent event) {
        failures(tags(event)).increment();
    }

    @Override
    public void onDrift(String database, String set) {
        drift(database).increment();
    }

    private Counter drift(String database) {
        return registry.counter("kvbackup.backup.drift", Tags.of("database", database));
    }

    private static Tags tags(BackupEvent event) {
        return Tags.of("kind", event.kind(), "database", event.database());
    }
}
