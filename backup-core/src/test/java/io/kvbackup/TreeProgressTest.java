package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.Progress;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incremental backups tell how far they are, and end when they are told to, leaving nothing in the way. */
class TreeProgressTest {
    private static final int ENTRIES = 20_000;

    @TempDir
    private Path temporary;

    private final ConcurrentNavigableMap<String, String> items = new ConcurrentSkipListMap<>();
    private final MemoryStorageClient store = new MemoryStorageClient();
    private final AtomicLong nanos = new AtomicLong();

    @BeforeEach
    void fill() {
        for (int i = 0; i < ENTRIES; i++) {
            items.put(String.format("%08d", i), "value of " + i * 7919L);
        }
    }

    /** Time goes on by a second each time it is asked for, so that every look is told of. */
    private BackupManager manager() throws IOException {
        return BackupManager.builder()
                .storage(store)
                .time(() -> nanos.addAndGet(Duration.ofSeconds(1).toNanos()), time -> {})
                .temporaryDirectory(temporary)
                .kind(BackupKind.INCREMENTAL)
                .database(MapDatabase.builder("orders")
                        .set("items", items, Codec.utf8(), Codec.utf8())
                        .build())
                .build();
    }

    @Test
    void everyEntryIsCountedAndTheEndIsTold() throws IOException {
        List<Progress> heard = new ArrayList<>();
        try (BackupManager manager = manager()) {
            manager.backupDatabase(
                    "orders", BackupOptions.builder().progress(heard::add).build());
        }
        assertThat(heard).hasSizeGreaterThan(5);
        assertThat(heard).extracting(Progress::entries).isSorted();
        assertThat(heard.get(heard.size() - 1).entries()).isEqualTo(ENTRIES);
    }

    @Test
    void aBackupThatIsToldToEndLeavesNothingInTheWayOfTheNext() throws IOException {
        BackupOptions ending = BackupOptions.builder()
                .progress(progress -> {
                    if (progress.entries() > ENTRIES / 2) {
                        throw new UncheckedIOException(new InterruptedIOException("told to end"));
                    }
                })
                .build();
        try (BackupManager manager = manager()) {
            assertThatThrownBy(() -> manager.backupDatabase("orders", ending)).hasStackTraceContaining("told to end");
            assertThat(manager.listBackups("orders")).isEmpty();
            try (var left = Files.list(temporary)) {
                assertThat(left).as("temporary files").isEmpty();
            }
            try (var objects = store.list("backups/")) {
                assertThat(objects.map(StorageObject::key)).isEmpty();
            }
            Backup next = manager.backupDatabase("orders");
            manager.verify(next.objectName(), VerifyLevel.DIGEST);
            assertThat(manager.describe(next.objectName())
                            .metadata()
                            .orElseThrow()
                            .entryCount())
                    .isEqualTo(ENTRIES);
        }
    }
}
