package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.ChangeRecorder;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.replication.ReplicationOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The name of a replicated database stands for the newest state of its log. */
class ReplicatedRestoreTest {
    @TempDir
    Path folder;

    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>();
    private final ChangeRecorder recorder = ChangeRecorder.create();

    @Test
    void aRestoreGoesBeyondTheNewestBackup() throws Exception {
        String store = folder.resolve("store").toString();
        put("apple", "red");
        try (BackupManager manager = BackupManager.builder()
                .storage("file:" + store)
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.utf8())
                        .changes(recorder)
                        .build())
                .replication("orders", ReplicationOptions.defaults())
                .build()) {
            manager.replication("orders").start();
            manager.replication("orders").sync();
            put("banana", "yellow");
            manager.replication("orders").sync();
        }

        new Cli()
                .run("restore", "orders", "-s", store, "--to", "rocksdb:" + folder.resolve("back"))
                .ok();

        assertThat(Made.items(Engine.ROCKSDB, folder.resolve("back")))
                .hasSize(2)
                .containsEntry("banana", "yellow");
    }

    private void put(String key, String value) throws Exception {
        try (ChangeRecorder.Commit commit = recorder.begin()) {
            commit.put("items", key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
            items.put(key, value);
            commit.end();
        }
    }
}
