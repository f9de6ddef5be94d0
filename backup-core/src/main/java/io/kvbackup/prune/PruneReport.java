package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupTable;
import java.util.List;

/**
 * What a prune has done.
 *
 * @param removed the backups that exist no more, newest first; their data goes with a later prune, when the grace
 *     period is over
 * @param collected names of the archives that were deleted
 * @param bytesFreed their size
 */
public record PruneReport(List<Backup> removed, List<String> collected, long bytesFreed) {
    public PruneReport {
        removed = BackupTable.unchanging(removed);
        collected = BackupTable.unchanging(collected);
    }
}
