package io.kvbackup.prune;

import io.kvbackup.BackupManager;
import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.retention.RetentionPolicy;
import java.io.IOException;
import java.util.List;

/**
 * What a prune would do, and why. It changes nothing until {@link #execute()}; {@link #toString()} is a table for
 * people.
 *
 * <p>Safe for use by several threads; you may drop it at any time. Lists of more than ten thousand elements make each
 * element when you ask for it, so a plan for a million backups fits into little memory.
 */
public final class PrunePlan {
    private final List<RetentionPolicy.Kept> kept;
    private final List<Backup> removed;
    private final List<Backup> doubtful;
    private final List<String> leftovers;
    private final List<String> packs;
    private final long bytesFreed;
    private final Execution execution;

    /** Does it. */
    public interface Execution {
        PruneReport run(PrunePlan plan) throws IOException;
    }

    PrunePlan(
            List<RetentionPolicy.Kept> kept,
            List<Backup> removed,
            List<Backup> doubtful,
            List<String> leftovers,
            List<String> packs,
            long bytesFreed,
            Execution execution) {
        this.kept = BackupTable.unchanging(kept);
        this.removed = BackupTable.unchanging(removed);
        this.doubtful = BackupTable.unchanging(doubtful);
        this.leftovers = BackupTable.unchanging(leftovers);
        this.packs = BackupTable.unchanging(packs);
        this.bytesFreed = bytesFreed;
        this.execution = execution;
    }

    /** The backups that stay and why, newest first. */
    public List<RetentionPolicy.Kept> kept() {
        return kept;
    }

    /** The backups that go, newest first. */
    public List<Backup> removed() {
        return removed;
    }

    /**
     * Those of the {@linkplain #kept() kept} backups whose time stamp lies more than {@link Backup#CLOCK_SKEW} ahead of
     * the store's clock, newest first. No rule judges or counts them: {@link BackupManager#deleteBackup} removes those
     * that are not wanted.
     */
    public List<Backup> doubtful() {
        return doubtful;
    }

    /**
     * Archives that will also be deleted: those of removed backups whose grace period is over, and those whose writer
     * died before it could confirm them.
     */
    public List<String> leftovers() {
        return leftovers;
    }

    /**
     * Packs of incremental backups that will be deleted: no backup has needed them for a grace period. Those that only
     * the {@link #removed()} backups need are among them two prunes and two grace periods later. Also segments of logs
     * that have been needed for no moment for as long.
     */
    public List<String> packs() {
        return packs;
    }

    /**
     * Size of all archives and packs that go, in bytes; those of {@link #removed()} are freed when the grace period is
     * over.
     */
    public long bytesFreed() {
        return bytesFreed;
    }

    /**
     * Removes what the plan names, if that still holds. It looks at everything again: a backup stays if the policy
     * would keep it now, because it was pinned, tagged or verified meanwhile, or because another one was deleted.
     * Backups that the plan does not name stay too. If it breaks off at any moment, everything that is listed can be
     * restored, and the next prune does the rest.
     *
     * @throws io.kvbackup.storage.PreconditionFailedException if another process is pruning the store and does not end
     *     soon
     */
    public PruneReport execute() throws IOException {
        return execution.run(this);
    }

    /** One line for each backup, and a summary. */
    @Override
    public String toString() {
        return PruneTable.of(this);
    }
}
