package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.OpenStreams;
import io.kvbackup.storage.throttle.CrowdedTime;
import io.kvbackup.verify.VerifyDueOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that has several streams at once gets no more of a limit than one that has a single stream. */
class FairLimitTest {
    private static final int BYTES = 500_000;

    @TempDir
    private Path temporary;

    private final CrowdedTime time = new CrowdedTime(1);

    /**
     * Both go at the same pace until the smaller is done, after twice its bytes; the other has two more copies to
     * write.
     */
    @Test
    void aBackupToThreeStoresLeavesHalfOfTheRateToAnotherBackup() throws Exception {
        BackupOptions everywhere = BackupOptions.builder()
                .alsoTo("second", new MemoryStorageClient())
                .alsoTo("third", new MemoryStorageClient())
                .build();
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(new MemoryStorageClient())
                .database(noise("orders"))
                .database(noise("items"))
                .format("cbor")
                .temporaryDirectory(temporary);
        builder.store.uploadLimit = time.limit(1_000_000);
        try (BackupManager manager = builder.build()) {
            CompletableFuture<Duration> three = timed(() -> manager.backupDatabase("orders", everywhere));
            CompletableFuture<Duration> one = timed(() -> manager.backupDatabase("items"));

            assertThat(one.get().toMillis()).isCloseTo(1_000L, within(150L));
            assertThat(three.get().toMillis()).isCloseTo(2_000L, within(150L));
        }
    }

    /** Why it is enough that streams are treated alike: of its own store, a job never has two open in one direction. */
    @Test
    void allOtherWorkHasOneStreamInEachDirection() throws IOException {
        OpenStreams streams = new OpenStreams(new MemoryStorageClient());
        OpenStreams elsewhere = new OpenStreams(new MemoryStorageClient());
        try (BackupManager manager = manager(streams);
                BackupManager other = manager(new PrefixedStorageClient(streams, "other/"))) {
            manager.backupDatabase("orders");
            manager.backupDatabase("orders", BackupOptions.builder().spool(true).build());
            manager.backupAllDatabases();
            String name = manager.backupDatabase("orders").objectName();
            manager.restoreDatabase(name);
            manager.restoreLatest("orders");
            for (VerifyLevel level : VerifyLevel.values()) {
                manager.verify(name, level);
            }
            manager.verifyDue(
                    VerifyDueOptions.builder().level(VerifyLevel.DRILL).build());
            manager.copyBackup(name, elsewhere);
            manager.migrate(name, other, RestoreOptions.builder().as("items").build());
            manager.planPrune(RetentionPolicy.builder().keepLast(1).build()).execute();
        }
        assertThat(streams.most()).isEqualTo(new OpenStreams.Most(1, 1));
        assertThat(elsewhere.most()).isEqualTo(new OpenStreams.Most(1, 1));
    }

    private BackupManager manager(StorageClient storage) throws IOException {
        return BackupManager.builder()
                .storage(storage)
                .database(noise("orders"))
                .database(noise("items"))
                .temporaryDirectory(temporary)
                .build();
    }

    private interface Backup {
        void run() throws IOException;
    }

    private CompletableFuture<Duration> timed(Backup backup) {
        CompletableFuture<Duration> end = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        backup.run();
                        end.complete(time.elapsed());
                    } catch (IOException | RuntimeException e) {
                        end.completeExceptionally(e);
                    } finally {
                        time.awaitOthers(0);
                    }
                })
                .start();
        return end;
    }

    private static Database noise(String name) {
        byte[] value = new byte[BYTES];
        new Random(7).nextBytes(value);
        ConcurrentSkipListMap<byte[], byte[]> map = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
        map.put(new byte[] {1}, value);
        return MapDatabase.builder(name)
                .set("all", map, Codec.bytes(), Codec.bytes())
                .build();
    }
}
