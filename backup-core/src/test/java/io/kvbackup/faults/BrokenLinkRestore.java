package io.kvbackup.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.BrokenLink;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;

/** A restore over a link that breaks, of a backup that was made without faults. */
public final class BrokenLinkRestore {
    private static final int BLOB = 1 << 20;
    private static final RetryPolicy POLICY =
            RetryPolicy.defaults().withDelays(Duration.ofMillis(1), Duration.ofMillis(5), 0);

    private final ConcurrentSkipListMap<String, byte[]> live = new ConcurrentSkipListMap<>();
    private final int size;

    /** @param size of the database in bytes, which cannot be compressed */
    public BrokenLinkRestore(int size) {
        this.size = size;
    }

    /** Backs up through {@code honest}, restores through {@code faulty}, and says what was read twice over the link. */
    public BrokenLink.Repeats run(StorageClient honest, StorageClient faulty, FaultProxy link) throws IOException {
        Random random = new Random(43);
        for (int i = 0; i < size / BLOB; i++) {
            byte[] blob = new byte[BLOB];
            random.nextBytes(blob);
            live.put("blob" + i, blob);
        }
        Map<String, byte[]> before = Map.copyOf(live);
        String objectName;
        try (BackupManager manager = manager(honest)) {
            objectName = manager.backupDatabase("orders").objectName();
        }
        live.clear();
        try (BackupManager manager = manager(faulty)) {
            manager.restoreDatabase(objectName);
        }
        assertThat(live.keySet()).isEqualTo(before.keySet());
        before.forEach((key, value) -> assertThat(live.get(key)).isEqualTo(value));
        return BrokenLink.of(link.exchanges(), objectName.substring(objectName.lastIndexOf('.')));
    }

    private BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .database(MapDatabase.builder("orders")
                        .set("items", live, Codec.utf8(), Codec.bytes())
                        .build())
                .format("cbor") // the values are random, and a backend's tests need not have zstd
                .retryPolicy(POLICY)
                .build();
    }
}
