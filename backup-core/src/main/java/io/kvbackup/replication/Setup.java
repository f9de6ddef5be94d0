package io.kvbackup.replication;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.StorageClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/**
 * What a replication is made of.
 *
 * @param database its name
 * @param log what happens to it
 * @param options how it is replicated
 * @param stores by name, the manager's own first; each retries by itself
 * @param bases takes backups
 * @param time how time passes
 * @param temporary where segments wait
 * @param keys encrypt the log, if there are any
 * @param random makes timelines and salts
 */
record Setup(
        String database,
        ChangeLog log,
        ReplicationOptions options,
        Map<String, StorageClient> stores,
        Replications.Bases bases,
        LeaseTime time,
        Path temporary,
        BackupKeys keys,
        SecureRandom random) {}
