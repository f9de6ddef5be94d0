package io.kvbackup.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.BackupManager;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {
    @TempDir
    Path folder;

    private final MemoryStorageClient store = new MemoryStorageClient();

    @Test
    void whatIsCommittedIsInTheStoreAfterASync() throws Exception {
        ReplicatedMaps host = new ReplicatedMaps(folder);
        host.put("before", "1");
        try (BackupManager manager = host.manager(store)) {
            Replication replication = manager.replication("orders");
            assertThat(replication.state()).isEqualTo(Replication.State.STOPPED);
            replication.start();
            for (int i = 0; i < 100; i++) {
                host.put("key" + i, "value");
            }
            Instant called = Instant.now();
            replication.sync();

            assertThat(replication.state()).isEqualTo(Replication.State.STREAMING);
            // While the log is being read, what it holds is not known, and counts as late.
            await().until(replication::lag, Duration::isZero);
            assertThat(replication.positionsBehind()).isZero();
            List<RestoreWindow> windows = replication.restorable();
            assertThat(windows).hasSize(1);
            assertThat(windows.get(0).toPosition()).isEqualTo(host.recorder.position());
            assertThat(windows.get(0).toTime()).isAfterOrEqualTo(called.truncatedTo(ChronoUnit.MILLIS));

            host.put("last", "x");
        }
        assertThat(keys()).anyMatch(key -> key.endsWith(".seg"));
        try (BackupManager manager = host.manager(store)) {
            assertThat(manager.replication("orders").restorable().get(0).toPosition())
                    .isEqualTo(host.recorder.position());
        }
    }

    private List<String> keys() throws Exception {
        try (Stream<StorageObject> all = store.list("")) {
            return all.map(StorageObject::key).toList();
        }
    }
}
