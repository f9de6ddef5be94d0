package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.InterruptingStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A backup whose thread is interrupted, at whatever request, is either there and reported, or leaves nothing. */
class CancelledBackupTest {
    private static final int REQUESTS = 6;

    @TempDir
    private Path temporary;

    @AfterEach
    void forgetTheInterrupt() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void isWholeOrNothing(boolean spool, boolean after) throws IOException {
        for (int request = 1; request <= REQUESTS; request++) {
            MemoryStorageClient memory = new MemoryStorageClient();
            BackupOptions options =
                    BackupOptions.builder().tag("a").tag("b").spool(spool).build();
            cancel(memory, options, request, after);
        }
    }

    private void cancel(MemoryStorageClient memory, BackupOptions options, int request, boolean after)
            throws IOException {
        String what = "interrupted at request " + request;
        try (BackupManager manager = manager(interrupting(memory, request, after))) {
            Backup backup = manager.backupDatabase("orders", options);
            Thread.interrupted();
            assertThat(manager.listBackups())
                    .as(what)
                    .extracting(Backup::objectName)
                    .containsExactly(backup.objectName());
            assertThat(keys(memory)).as(what).hasSize(4);
        } catch (IOException e) {
            Thread.interrupted();
            assertThat(keys(memory)).as(what + ": " + e).isEmpty();
        }
    }

    /** The stores are served by other threads, which must have tidied up before the backup ends. */
    @Test
    void isNothingInSeveralStoresToo() throws IOException {
        MemoryStorageClient other = new MemoryStorageClient();
        Thread caller = Thread.currentThread();
        StorageClient slow = new io.kvbackup.storage.ForwardingStorageClient(other) {
            @Override
            public StorageObject upload(
                    String key, io.kvbackup.storage.ContentWriter content, io.kvbackup.storage.PutCondition condition)
                    throws IOException {
                StorageObject written = super.upload(key, content, condition);
                if (key.endsWith(".tag.a")) {
                    caller.interrupt();
                    awaitInterrupt();
                }
                return written;
            }
        };
        try (BackupManager manager = manager(new MemoryStorageClient())) {
            manager.backupDatabase(
                    "orders",
                    BackupOptions.builder().tag("a").alsoTo("other", slow).build());
        } catch (IOException e) {
            Thread.interrupted();
            assertThat(keys(other)).as(e.toString()).isEmpty();
            return;
        }
        throw new AssertionError("was interrupted and did not notice");
    }

    private static void awaitInterrupt() throws IOException {
        try {
            new java.util.concurrent.CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted");
        }
    }

    private static StorageClient interrupting(StorageClient store, int at, boolean after) {
        Thread caller = Thread.currentThread();
        return new InterruptingStorageClient(store, at, after, caller);
    }

    private static List<String> keys(StorageClient store) throws IOException {
        try (Stream<StorageObject> all = store.list("backups/")) {
            return all.map(StorageObject::key).toList();
        }
    }

    private BackupManager manager(StorageClient store) throws IOException {
        return BackupManager.builder()
                .storage(store)
                .temporaryDirectory(temporary)
                .database(MapDatabase.builder("orders")
                        .set("items", new ConcurrentSkipListMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }
}
