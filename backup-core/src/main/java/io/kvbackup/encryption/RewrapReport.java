package io.kvbackup.encryption;

/**
 * What {@link io.kvbackup.BackupManager#rewrapBackups()} has done.
 *
 * @param rewrapped backups and timelines of logs whose data key this call has wrapped under the current key
 * @param unchanged those that were under the current key already
 */
public record RewrapReport(int rewrapped, int unchanged) {}
