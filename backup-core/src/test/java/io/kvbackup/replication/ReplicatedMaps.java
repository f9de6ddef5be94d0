package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.ChangeRecorder;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A host with one database of maps, {@code orders}, that are written through a recorder. */
public final class ReplicatedMaps {
    public final ChangeRecorder recorder = ChangeRecorder.create();
    public final ConcurrentMap<String, String> items = new ConcurrentSkipListMap<>();
    public final MapDatabase database = MapDatabase.builder("orders")
            .set("items", items, Codec.utf8(), Codec.utf8())
            .changes(recorder)
            .build();
    private final Path temporary;

    public ReplicatedMaps(Path temporary) {
        this.temporary = temporary;
    }

    /** Puts an entry as one commit. */
    public void put(String key, String value) throws IOException {
        synchronized (recorder) {
            try (ChangeRecorder.Commit commit = recorder.begin()) {
                items.put(key, value);
                commit.put("items", key.getBytes(UTF_8), value.getBytes(UTF_8));
                commit.end();
            }
        }
    }

    /** What a manager of it begins with. */
    public BackupManagerBuilder builder(StorageClient store) {
        return BackupManager.builder().storage(store).database(database).temporaryDirectory(temporary);
    }

    public BackupManager manager(StorageClient store) throws IOException {
        return builder(store)
                .replication("orders", ReplicationOptions.defaults())
                .build();
    }
}
