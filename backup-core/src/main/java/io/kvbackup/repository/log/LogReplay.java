package io.kvbackup.repository.log;

import io.kvbackup.format.ArchiveVisitor;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.format.log.CommitChoice;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.repository.BackupScanner;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import io.kvbackup.repository.StoredContents;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One moment of a log, read as if it were a backup: first the segments, each once and in order, of which the last
 * change of each key is kept, then the base, over whose entries the changes are laid. For one restore.
 */
public final class LogReplay implements BackupScanner {
    private static final int PLANS = 3;

    private final LogPlanner planner;
    private final BackupScanner bases;
    private final BackupCatalog catalog;
    private final String database;
    private final Path temporary;
    private LogPlan plan;
    private long position;

    /**
     * Plans.
     *
     * @param bases reads the backups from which logs go on
     * @param temporary takes a folder for changes that do not fit into memory
     * @throws NoSuchFileException if the moment cannot be restored; names the nearest ones
     */
    public LogReplay(
            LogPlanner planner,
            BackupScanner bases,
            BackupCatalog catalog,
            String database,
            LogTarget target,
            Path temporary)
            throws IOException {
        this.planner = planner;
        this.bases = bases;
        this.catalog = catalog;
        this.database = database;
        this.temporary = temporary;
        this.plan = planner.plan(database, target);
        this.position = plan.base().log().consistentAt();
    }

    /**
     * The backup from which the log goes on.
     *
     * @throws LogVanishedException if it is gone
     */
    public StoredBackup base() throws IOException {
        String name = plan.base().objectName();
        try {
            return catalog.find(name);
        } catch (NoSuchFileException e) {
            throw new LogVanishedException("the backup " + name + " is gone, from which the log was to go on", e);
        }
    }

    /** Whether all of the log that is to be read is encrypted. */
    public boolean isEncrypted() {
        return plan.pieces().stream().allMatch(each -> each.timeline().record().key() != null);
    }

    /** Up to when the log is known to be complete. */
    public Instant through() {
        return plan.through();
    }

    /** The moment that was read. */
    public LogPoint point() {
        return new LogPoint(plan.head().id(), position);
    }

    @Override
    public StoredContents contents(StoredBackup backup) throws IOException {
        return bases.contents(backup);
    }

    @Override
    public StoredContents read(StoredBackup backup, ReadScope scope, ArchiveVisitor to, ProgressListener listener)
            throws IOException {
        try (LogChanges changes = new LogChanges(temporary, database, scope, LogChanges.MEMORY_BYTES)) {
            collect(changes);
            requireKnown(changes.sets(), bases.contents(backup));
            try (LaidOver over = new LaidOver(changes, to)) {
                StoredContents base = bases.read(backup, scope, over, listener);
                return counted(base, over.counts());
            } catch (NoSuchFileException e) {
                if (!catalog.exists(backup.name().objectName())) {
                    throw new LogVanishedException("the backup " + backup.name().objectName() + " was removed", e);
                }
                throw e;
            }
        }
    }

    /** What has changed in sets that nobody has described cannot be restored. */
    private void requireKnown(Set<String> changed, StoredContents base) throws CorruptBackupException {
        Set<String> unknown = new TreeSet<>(changed);
        base.databases().forEach(each -> unknown.removeAll(each.header().sets().keySet()));
        if (!unknown.isEmpty()) {
            throw new CorruptBackupException("the log of " + database + " changes the sets " + unknown
                    + ", which the backup " + plan.base().objectName()
                    + " does not have; restore a moment after the next base, or the backup alone");
        }
    }

    private void collect(LogChanges changes) throws IOException {
        long[] done = {plan.base().log().position()};
        for (int attempt = 1; ; attempt++) {
            try {
                readFrom(done, changes);
                return;
            } catch (NoSuchFileException e) {
                LogPlan again = attempt == PLANS ? null : planner.plan(database, plan.target());
                if (again == null || !again.base().equals(plan.base())) {
                    throw new LogVanishedException("segments of " + database + " vanish while they are read", e);
                }
                plan = again;
            }
        }
    }

    private void readFrom(long[] done, LogChanges changes) throws IOException {
        for (LogLineage.Piece piece : plan.pieces()) {
            if (Long.compareUnsigned(piece.end(), done[0]) <= 0) {
                continue;
            }
            Reading reading = new Reading(done[0], piece.cap());
            planner.source()
                    .read(piece.timeline().record(), piece.segment(), segment -> reading.read(segment, changes));
            done[0] = piece.end();
            position = max(position, reading.beyond ? reading.last : piece.end());
        }
        if (plan.target() instanceof LogTarget.Position target) {
            position = target.position();
        }
    }

    /** Reads one segment, no further than it must. */
    private final class Reading implements CommitChoice {
        private final long after;
        private final long cap;
        private long last;
        private boolean beyond;

        Reading(long after, long cap) {
            this.after = after;
            this.cap = cap;
            this.last = after;
        }

        @Override
        public boolean takes(long at, long millis) {
            if (Long.compareUnsigned(at, cap) > 0 || !plan.target().takes(at, millis)) {
                beyond = true;
                return false;
            }
            last = at;
            return Long.compareUnsigned(at, after) > 0;
        }

        void read(SegmentReader segment, LogChanges changes) throws IOException {
            while (!beyond && segment.next(this, changes)) {
                // Commit by commit.
            }
        }
    }

    private static long max(long a, long b) {
        return Long.compareUnsigned(a, b) > 0 ? a : b;
    }

    private static StoredContents counted(StoredContents base, Map<String, Long> counts) {
        List<DatabaseContents> databases = new ArrayList<>();
        for (DatabaseContents each : base.databases()) {
            Map<String, Long> own = new LinkedHashMap<>(each.entryCounts());
            own.replaceAll((set, count) -> counts.getOrDefault(set, count));
            databases.add(new DatabaseContents(each.header(), own));
        }
        BackupMetadata summary = base.metadata();
        long entries =
                databases.stream().mapToLong(DatabaseContents::entryCount).sum();
        return new StoredContents(
                base.shape(),
                new BackupMetadata(
                        summary.timestamp(), summary.version(), summary.databaseCount(), summary.setCount(), entries),
                databases,
                base.unsortedSets());
    }
}
