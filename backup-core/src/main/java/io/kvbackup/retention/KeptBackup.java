package io.kvbackup.retention;

import io.kvbackup.model.Backup;
import java.util.List;
import java.util.Objects;

/**
 * A backup that stays.
 *
 * @param backup which
 * @param reasons why; at least one, for people
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
