package io.kvbackup.encryption;

/**
 * What {@link io.kvbackup.BackupManager#rewrapBackups()} has done.
 *
 * @param rewrapped backups whose data key is now wrapped under the current key, and was not before
 * @param unchanged encrypted backups that were under the current key already
 */
public record RewrapReport(int rewrapped, int unchanged) {}
