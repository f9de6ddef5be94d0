package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.util.List;

/**
 * What a policy decides about some backups.
 *
 * @param kept those that stay and why, newest first
 * @param removed those that nothing keeps, newest first
 */
public record RetentionChoice(List<KeptBackup> kept, List<Backup> removed) {
    public RetentionChoice {
        kept = List.copyOf(kept);
        removed = List.copyOf(removed);
    }
}
