package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupTable;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a prune has removed.
 *
 * @param removed the backups that no longer exist, newest first; a later prune deletes their data, when the grace
 *     period is over
 * @param collected names of the archives, packs and segments of logs that were deleted
 * @param bytesFreed their size
 */
public record PruneReport(List<Backup> removed, List<String> collected, long bytesFreed) {
    public PruneReport {
        removed = BackupTable.unchanging(removed);
        collected = BackupTable.unchanging(collected);
    }

    /** With packs that were deleted, too. */
    PruneReport with(List<String> packs, long bytes) {
        return packs.isEmpty()
                ? this
                : new PruneReport(
                        removed,
                        Stream.concat(collected.stream(), packs.stream()).toList(),
                        bytesFreed + bytes);
    }
}
