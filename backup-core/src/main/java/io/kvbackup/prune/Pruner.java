package io.kvbackup.prune;

import io.kvbackup.host.ManagerContext;
import io.kvbackup.model.Backup;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseKeeper;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeasedStorageClient;
import io.kvbackup.repository.StoreClock;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.repository.log.LogNames;
import io.kvbackup.repository.log.LogRetention;
import io.kvbackup.repository.tree.PackName;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes backups that no policy keeps, and what dead processes have left. Safe for use by several threads and
 * processes: a lease lets only one of them work at a time.
 *
 * <p>Removing a backup takes two prunes. The first writes a tombstone, looks again whether anybody has pinned, tagged
 * or verified anything meanwhile, and deletes the manifest: from here on the backup is not listed. A later one deletes
 * the data when the tombstone is older than the grace period, so that a running restore can end. Ages are differences
 * between two times of the store's own clock, so a wrong clock of a process does not make young data old. In a folder,
 * times come from the writers' clocks, and a prune believes them only while nothing contradicts them; see
 * {@link PruneClock}.
 */
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public final class Pruner {
    private static final Logger LOG = LoggerFactory.getLogger(Pruner.class);

    public static final String LEASE = "prune";
    public static final Duration LEASE_TTL = Duration.ofSeconds(30);
    /** Longer than the lease of a prune that has died. */
    public static final Duration PATIENCE = Duration.ofSeconds(45);

    private final StorageClient storage;
    private final StorageClient bare;
    private final RetryPolicy retries;
    private final LeaseStore leases;
    private final BackupDeletion deletion;
    private final Clock own;
    private final Duration grace;
    private final NamedPacks named;
    private final LogRetention logs;
    private final Map<String, Duration> keepLog;
    private final StoreIdentity identity;

    /**
     * @param deletion in the manager's store
     * @param logs in the same
     * @param keepLog for how long logs stay, of the databases that this manager replicates
     */
    public Pruner(ManagerContext context, BackupDeletion deletion, LogRetention logs, Map<String, Duration> keepLog) {
        this.storage = context.storage();
        this.identity = context.identity();
        this.bare = context.access().withoutRetries();
        this.retries = context.access().retries();
        this.leases = context.leases();
        this.deletion = deletion;
        this.own = context.clock();
        this.grace = context.grace();
        this.named = new NamedPacks(storage);
        this.logs = logs;
        this.keepLog = Map.copyOf(keepLog);
    }

    /**
     * Looks, and changes nothing. Costs one listing of backups, one of packs and, if packs are to go, the manifests
     * beside them.
     *
     * @param execution carries the plan out, and leads to {@link #execute}
     */
    public PrunePlan plan(RetentionPolicy policy, PrunePlan.Execution execution) throws IOException {
        identity.requireStore();
        StoreClock clock = StoreClock.of(storage, own);
        GarbageRules leftovers = GarbageRules.in(storage, clock.now(), grace);
        LogSweep log = new LogSweep(logs, policy, keepLog, leftovers).look();
        BackupTable backups = new BackupTable();
        PruneDeletes.Collected archives = new PruneDeletes.Collected();
        BackupObjects.list(storage, BackupName.ROOT, each -> {
            if (leftovers.isOver(each) || leftovers.isOrphan(each)) {
                each.archive().ifPresent(archives::add);
            } else {
                each.describe().ifPresent(backups::add);
            }
        });
        Ints newestFirst = backups.newestFirst();
        KeptBackups kept = new KeptBackups(backups);
        Ints removed = new Ints();
        Ints doubtful = new Ints();
        long[] bytes = {archives.bytes()};
        int[] next = {0};
        policy.judge(backups.all(newestFirst), clock::isCredible, log.andKeepBases((backup, why) -> {
            int number = newestFirst.get(next[0]++);
            if (why.isEmpty()) {
                removed.add(number);
                bytes[0] += backup.storedBytes();
            } else {
                kept.add(number, why);
            }
            if (!why.isEmpty() && !clock.isCredible(backup)) {
                doubtful.add(number);
            }
        }));
        PackSweep packs = new PackSweep(storage, named, leftovers);
        packs.plan();
        return new PrunePlan(
                kept.view(),
                backups.view(removed),
                backups.view(doubtful),
                archives.names(),
                Stream.concat(packs.names().stream(), log.names().stream()).toList(),
                bytes[0] + packs.bytes() + log.bytes(),
                execution);
    }

    /**
     * Removes the planned backups that the policy still does not keep, and deletes leftovers.
     *
     * @param plan says which backups may be removed
     * @throws io.kvbackup.storage.PreconditionFailedException if another process is pruning, or if this one paused so
     *     long that another may have begun; nothing is lost, and the next prune does the rest
     */
    public PruneReport execute(RetentionPolicy policy, PrunePlan plan) throws IOException {
        List<Backup> planned = plan.removed();
        // Not under the lease, of whose time it would take some.
        identity.claim();
        try (Lease lease = leases.acquireForPrune();
                StorageClient leased = LeasedStorageClient.retrying(bare, retries, lease)) {
            StoreClock clock = clock();
            if (!new PruneClock(storage, lease, clock.now(), grace).isTrusted()) {
                return new PruneReport(List.of(), List.of(), 0);
            }
            Instant now = clock.now();
            GarbageRules leftovers = GarbageRules.in(storage, now, grace);
            LogSweep log = new LogSweep(logs, policy, keepLog, leftovers);
            try (LeaseKeeper keeper = new LeaseKeeper(lease)) {
                log.look();
                keeper.ensureHeld();
            }
            PruneDeletes deletes = new PruneDeletes(leased);
            PruneRun run = new PruneRun(
                    storage,
                    deletes,
                    deletion,
                    lease,
                    leftovers,
                    (backups, verdict) -> policy.judge(backups, clock::isCredible, log.andKeepBases(verdict)),
                    backup -> Collections.binarySearch(planned, backup, Backup.NEWEST_FIRST) >= 0);
            PackSweep packs = new PackSweep(storage, named, leftovers);
            PruneReport report = run(deletes, () -> {
                PruneReport done = run.run();
                try (LeaseKeeper keeper = new LeaseKeeper(lease)) {
                    packs.run(keeper::ensureHeld, deletes, deletion.now());
                    log.run(keeper::ensureHeld, deletes);
                }
                return done.with(packs.names(), packs.bytes()).with(log.names(), log.bytes());
            });
            deleteStaleUploads(now.minus(grace));
            return report;
        }
    }

    /**
     * The lease was just written, so its time is the store's time; without a lease, the earlier time of the two clocks.
     */
    private StoreClock clock() throws IOException {
        StoreClock mine = StoreClock.of(storage, own);
        Instant written = leases.modified(LeaseStore.PRUNE);
        return new StoreClock(mine.ofStore(), mine.ofStore() || written.isBefore(mine.now()) ? written : mine.now());
    }

    private interface Work {
        PruneReport run() throws IOException;
    }

    /** Nobody gets the result of a prune that breaks off, so what it has done is logged. */
    private PruneReport run(PruneDeletes deletes, Work work) throws IOException {
        try {
            return work.run();
        } catch (IOException | RuntimeException e) {
            deletes.describe()
                    .ifPresent(deleted -> LOG.warn(
                            "the prune of {} broke off, and the next one does the rest; it has deleted {}",
                            storage,
                            deleted));
            throw e;
        }
    }

    /** Needs no lease, because doing it twice does no harm; a failure here must not hide what the prune has done. */
    private void deleteStaleUploads(Instant startedBefore) throws InterruptedIOException {
        try {
            storage.deleteStaleUploads(BackupName.ROOT, startedBefore);
            storage.deleteStaleUploads(PackName.ROOT, startedBefore);
            storage.deleteStaleUploads(LogNames.ROOT, startedBefore);
        } catch (IOException e) {
            Interruption.rethrow(e);
            LOG.warn(
                    "the prune of {} is done, but remains of dead uploads could not be removed, which the next one "
                            + "tries again: {}",
                    storage,
                    e.toString());
        }
    }
}
