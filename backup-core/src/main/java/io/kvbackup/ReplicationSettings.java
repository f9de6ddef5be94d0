package io.kvbackup;

import io.kvbackup.replication.ReplicationOptions;
import io.kvbackup.repository.BackupName;
import java.util.Map;
import java.util.TreeMap;

/** Which databases settings want to be replicated, and how. */
final class ReplicationSettings {
    private ReplicationSettings() {}

    /** @throws IllegalArgumentException if one makes no sense; says which */
    static Map<String, ReplicationOptions> of(Settings settings) {
        ReplicationOptions.Builder options = ReplicationOptions.builder();
        settings.duration(Settings.Key.REPLICATION_SYNC_INTERVAL)
                .ifPresent(value ->
                        named(settings, Settings.Key.REPLICATION_SYNC_INTERVAL, () -> options.syncInterval(value)));
        settings.duration(Settings.Key.REPLICATION_SNAPSHOT_INTERVAL)
                .ifPresent(value -> named(
                        settings, Settings.Key.REPLICATION_SNAPSHOT_INTERVAL, () -> options.snapshotInterval(value)));
        settings.duration(Settings.Key.REPLICATION_KEEP_LOG)
                .ifPresent(value -> named(settings, Settings.Key.REPLICATION_KEEP_LOG, () -> options.keepLog(value)));
        settings.bytes(Settings.Key.REPLICATION_UPLOAD_LIMIT)
                .ifPresent(value ->
                        named(settings, Settings.Key.REPLICATION_UPLOAD_LIMIT, () -> options.uploadLimit(value)));
        Map<String, ReplicationOptions> all = new TreeMap<>();
        for (String name :
                settings.get(Settings.Key.REPLICATION_DATABASES).orElse("").split(",", -1)) {
            if (!name.isBlank()) {
                named(
                        settings,
                        Settings.Key.REPLICATION_DATABASES,
                        () -> all.put(BackupName.requireDatabaseName(name.strip()), options.build()));
            }
        }
        return all;
    }

    private static void named(Settings settings, Settings.Key key, Runnable set) {
        try {
            set.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("setting " + settings.name(key) + ": " + e.getMessage(), e);
        }
    }
}
