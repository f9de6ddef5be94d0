package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.BackupManager;
import io.kvbackup.database.ChangeRecorder;
import io.kvbackup.storage.file.FileStorageClient;
import java.nio.file.Path;
import java.time.Duration;

/** Writes numbered commits of two entries each, as fast as it can, and says which are certainly in the store. */
final class ReplicationChild {
    private ReplicationChild() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        int first = Integer.parseInt(args[1]);
        ReplicatedMaps host = new ReplicatedMaps(folder.resolve("temporary"));
        try (FileStorageClient store = new FileStorageClient(folder.resolve("store"));
                BackupManager manager = host.builder(store)
                        .replication(
                                "orders",
                                ReplicationOptions.builder()
                                        .syncInterval(Duration.ofMillis(100))
                                        .build())
                        .build()) {
            manager.restoreOnStart("orders");
            int restored = host.items.size() / 2;
            System.out.println("restored " + restored);
            manager.replication("orders").start();
            for (int i = Math.max(first, restored); ; i++) {
                put(host, i);
                if (i % 50 == 0) {
                    manager.replication("orders").sync();
                    System.out.println("synced " + i);
                }
            }
        }
    }

    private static void put(ReplicatedMaps host, int number) throws Exception {
        String value = "v" + number;
        synchronized (host.recorder) {
            try (ChangeRecorder.Commit commit = host.recorder.begin()) {
                for (String key : new String[] {"a" + number, "b" + number}) {
                    host.items.put(key, value);
                    commit.put("items", key.getBytes(UTF_8), value.getBytes(UTF_8));
                }
                commit.end();
            }
        }
    }
}
