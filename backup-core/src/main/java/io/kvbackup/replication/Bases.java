package io.kvbackup.replication;

import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Takes the backups that logs are replayed on. */
@FunctionalInterface
@SuppressWarnings("exports") // for the manager, which alone can name what it is made of
public interface Bases {
    /**
     * Takes an incremental backup of a database into some stores.
     *
     * @param request what is to be written down and asked
     * @param stores by name; nothing goes into others
     * @return what became of it in each
     * @throws IOException if no store has it, or the database could not be read
     */
    Map<String, StoreOutcome> take(Request request, Map<String, StorageClient> stores) throws IOException;

    /**
     * What kind of a base.
     *
     * @param database its name
     * @param log that goes on from it; empty for a database without
     * @param opened called when the snapshot has been opened
     * @param mayCommit asked before the backup exists
     */
    record Request(
            String database,
            Optional<BackupWriter.ReplicatedLog> log,
            Runnable opened,
            CommitCheck mayCommit) {}
}
