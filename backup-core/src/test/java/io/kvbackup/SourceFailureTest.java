package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T1: a source that fails, wherever it does, leaves no object, no temporary file and no open snapshot. */
class SourceFailureTest {
    private static final int ENTRIES = 40;

    private final ConcurrentMap<String, String> items = new ConcurrentHashMap<>();
    private final FailingDatabase database = new FailingDatabase(MapDatabase.builder("orders")
            .set("items", items, Codec.utf8(), Codec.utf8())
            .build());

    SourceFailureTest() {
        for (int i = 0; i < ENTRIES; i++) {
            items.put("key-" + i, "value ".repeat(i * 40));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cbor.zst", "cbor", "json.gz", "tar.bz2", "json.xz"})
    void t1_aFailureAfterAnyEntryLeavesNothingInMemory(String format) throws Exception {
        try (MemoryStorageClient storage = new MemoryStorageClient()) {
            failEverywhere(storage, format, false);
            assertThat(storage.list("backups/")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void t1_aFailureAfterAnyEntryLeavesNothingInAFolder(boolean spool, @TempDir Path folder) throws Exception {
        try (FileStorageClient storage = new FileStorageClient(folder.resolve("store"))) {
            failEverywhere(storage, "cbor.zst", spool);
            assertThat(storage.list("backups/")).isEmpty();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allMatch(file -> file.getFileName().toString().startsWith(".lock")
                            || file.endsWith("kvbackup.owner")
                            || file.endsWith(Path.of(".kvbackup", "lock"))
                            || file.endsWith("kvbackup.json"));
        }
    }

    private void failEverywhere(StorageClient storage, String format, boolean spool) throws IOException {
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .format(format)
                .spool(spool)
                .database(database)
                .build()) {
            for (int after = 0; after <= ENTRIES; after++) {
                expect(manager, after, new IOException("disk gone"));
                expect(manager, after, new IllegalStateException("engine broken"));
            }
            assertThat(manager.listBackups()).isEmpty();
        }
    }

    private void expect(BackupManager manager, int after, Exception failure) {
        Callable<Void> how = () -> {
            throw failure;
        };
        database.failAfter(after, how);
        assertThatThrownBy(() -> manager.backupDatabase("orders"))
                .as("failure after %d entries", after)
                .isSameAs(failure);
        assertThat(database.openSnapshots()).isZero();
    }

    @Test
    void theNextBackupAfterAFailureIsWhole() throws Exception {
        try (MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .database(database)
                        .build()) {
            expect(manager, 7, new IOException("disk gone"));
            database.failAfter(Integer.MAX_VALUE, () -> null);

            assertThat(manager.verify(manager.backupDatabase("orders").objectName())
                            .entries())
                    .isEqualTo(ENTRIES);
        }
    }
}
