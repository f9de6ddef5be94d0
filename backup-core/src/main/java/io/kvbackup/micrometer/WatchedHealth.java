package io.kvbackup.micrometer;

import io.kvbackup.BackupManager;
import io.kvbackup.health.Health;
import io.kvbackup.model.Backup;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last known health, renewed in the background when somebody looks at it and it is too old. */
final class WatchedHealth {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedHealth.class);

    private final BackupManager manager;
    private final Duration maxAge;
    private final Clock clock;
    private final Executor executor;
    private final Consumer<String> onDatabase;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final Set<String> bound = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Health last;
    private volatile boolean reachable;
    private volatile Instant asked = Instant.MIN;

    /** @param onDatabase told of each database of the host when it is first seen */
    WatchedHealth(BackupManager manager, Duration maxAge, Clock clock, Executor executor, Consumer<String> onDatabase) {
        this.manager = manager;
        this.maxAge = maxAge;
        this.clock = clock;
        this.executor = executor;
        this.onDatabase = onDatabase;
    }

    void bindTo(MeterRegistry registry) {
        Gauge.builder("kvbackup.health.age", this, watched -> watched.healthAge(registry))
                .description("Seconds since the store last told of its backups")
                .baseUnit("seconds")
                .strongReference(true)
                .register(registry);
        Gauge.builder("kvbackup.store.reachable", this, watched -> watched.reachable(registry))
                .description("Whether the store answered when it was asked last")
                .strongReference(true)
                .register(registry);
        for (String database : manager.replicated()) {
            Gauge.builder(
                            "kvbackup.replication.lag",
                            manager,
                            of -> seconds(of.replication(database).lag()))
                    .description("Seconds since the oldest commit that is not in the store; 0 if there is none")
                    .baseUnit("seconds")
                    .tag("database", database)
                    .strongReference(true)
                    .register(registry);
        }
        renewIfOld(registry);
    }

    private static double seconds(Duration span) {
        return span.toMillis() / 1e3;
    }

    private double healthAge(MeterRegistry registry) {
        renewIfOld(registry);
        Health health = last;
        return health == null ? Double.NaN : seconds(health.at());
    }

    private double reachable(MeterRegistry registry) {
        renewIfOld(registry);
        return last == null ? Double.NaN : reachable ? 1 : 0;
    }

    /**
     * The stamp is kept and the age counted from it, so it grows between two looks at the store. A database without
     * backup is older than any limit, as is one of which nothing can be found out; one that the host has dropped, and
     * of which nothing is left, has no age.
     */
    private double age(MeterRegistry registry, String database) {
        renewIfOld(registry);
        Health health = last;
        if (health == null) {
            return Double.NaN;
        } else if (health.storeProblem().isPresent()) {
            return Double.POSITIVE_INFINITY;
        }
        Health.OfDatabase known = health.databases().get(database);
        return known == null
                ? Double.NaN
                : known.newestGood()
                        .map(backup -> credible(seconds(backup.timestamp())))
                        .orElse(Double.POSITIVE_INFINITY);
    }

    private double exists(MeterRegistry registry, String database) {
        renewIfOld(registry);
        Health health = last;
        if (health == null || health.storeProblem().isPresent()) {
            return Double.NaN;
        }
        Health.OfDatabase known = health.databases().get(database);
        return known != null && known.newestGood().isPresent() ? 1 : 0;
    }

    /** A stamp that is far ahead of the clock says nothing of the age: whoever waits for old backups is to be told. */
    private static double credible(double age) {
        return age < -Backup.CLOCK_SKEW.toSeconds() ? Double.POSITIVE_INFINITY : Math.max(0, age);
    }

    private double seconds(Instant since) {
        return Duration.between(since, clock.instant()).toMillis() / 1e3;
    }

    private void renewIfOld(MeterRegistry registry) {
        Instant now = clock.instant();
        boolean old =
                asked.equals(Instant.MIN) || Duration.between(asked, now).abs().compareTo(maxAge) >= 0;
        if (old && asking.compareAndSet(false, true)) {
            asked = now;
            try {
                executor.execute(() -> renew(registry));
            } catch (RejectedExecutionException e) {
                asking.set(false);
            }
        }
    }

    private void renew(MeterRegistry registry) {
        bindNames(registry);
        try {
            Health health = manager.health();
            reachable = health.storeProblem().isEmpty();
            if (reachable || last == null) {
                last = health; // of a store that is away, what it held before is worth more than nothing
            }
            bind(registry, health.databases().keySet());
        } catch (IOException | RuntimeException e) {
            LOG.debug("health could not be looked at: {}", e.toString());
        } finally {
            asking.set(false);
        }
    }

    /** Also those of which a store that has never answered tells nothing. */
    private void bindNames(MeterRegistry registry) {
        try {
            Set<String> names = manager.databaseNames();
            names.forEach(onDatabase);
            bind(registry, names);
        } catch (IOException | RuntimeException e) {
            LOG.debug("the names of the databases are not known: {}", e.toString());
        }
    }

    private void bind(MeterRegistry registry, Set<String> databases) {
        databases.stream().filter(bound::add).forEach(database -> bind(registry, database));
    }

    private void bind(MeterRegistry registry, String database) {
        Gauge.builder("kvbackup.backup.exists", this, watched -> watched.exists(registry, database))
                .description("Whether there is a backup")
                .tag("database", database)
                .strongReference(true)
                .register(registry);
        Gauge.builder("kvbackup.backup.age", this, watched -> watched.age(registry, database))
                .description("Seconds since the snapshot of the newest good backup")
                .baseUnit("seconds")
                .tag("database", database)
                .strongReference(true)
                .register(registry);
    }
}
