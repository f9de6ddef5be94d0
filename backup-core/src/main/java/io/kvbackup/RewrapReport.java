package io.kvbackup;

import io.kvbackup.repository.KeyRotation;

/**
 * What {@link BackupManager#rewrapBackups()} has done.
 *
 * @param rewrapped backups whose data key is now wrapped under the current key, and was not before
 * @param unchanged encrypted backups that were under the current key already
 */
public record RewrapReport(int rewrapped, int unchanged) {
    static RewrapReport of(KeyRotation.Outcome outcome) {
        return new RewrapReport(outcome.rewrapped(), outcome.unchanged());
    }
}
