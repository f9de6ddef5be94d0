package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.util.List;
import java.util.Objects;

/**
 * A backup that stays.
 *
 * @param backup the backup
 * @param reasons why it stays, in words for people; at least one
 */
public record KeptBackup(Backup backup, List<String> reasons) {
    public KeptBackup {
        Objects.requireNonNull(backup, "backup");
        reasons = List.copyOf(reasons);
        if (reasons.isEmpty()) {
            throw new IllegalArgumentException("no reason to keep " + backup.objectName());
        }
    }
}
