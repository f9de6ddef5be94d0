package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;

class OpenEntriesTest {
    private static final int COUNT = 20_000;

    private final ConcurrentSkipListMap<String, String> live = new ConcurrentSkipListMap<>();
    private final MemoryStorageClient storage = new MemoryStorageClient();

    private BackupManagerBuilder builder() {
        for (int i = 0; i < COUNT; i++) {
            live.put(String.format("%06d", i), "\"value " + i + "\"");
        }
        return BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("shop")
                        .set("orders", live, Codec.utf8(), Codec.utf8())
                        .build());
    }

    @Test
    void givesWhatAnArchiveHolds() throws IOException {
        try (BackupManager manager = builder().build()) {
            String backup = manager.backupDatabase("shop").objectName();
            int count = 0;
            try (EntryCursor cursor = manager.openEntries(backup, "shop", "orders", KeyRange.all())) {
                while (cursor.next()) {
                    String key = new String(cursor.key(), UTF_8);
                    assertThat(key).isEqualTo(String.format("%06d", count++));
                    assertThat(cursor.value()).isEqualTo(live.get(key).getBytes(UTF_8));
                }
                assertThat(cursor.next()).isFalse();
            }
            assertThat(count).isEqualTo(COUNT);
            KeyRange one = KeyRange.only("000777".getBytes(UTF_8));
            try (EntryCursor cursor = manager.openEntries(backup, "shop", "orders", one)) {
                assertThat(cursor.next()).isTrue();
                assertThat(cursor.key()).isEqualTo("000777".getBytes(UTF_8));
                assertThat(cursor.next()).isFalse();
            }
        }
    }

    @Test
    void mayBeClosedAtAnyTime() throws IOException {
        try (BackupManager manager = builder().build()) {
            String backup = manager.backupDatabase("shop").objectName();
            for (int taken = 0; taken < 3_000; taken += 1_000) {
                EntryCursor cursor = manager.openEntries(backup, "shop", "orders", KeyRange.all());
                for (int i = 0; i < taken; i++) {
                    assertThat(cursor.next()).isTrue();
                }
                cursor.close();
                cursor.close();
            }
        }
    }

    @Test
    void damageOfAnArchiveShowsByTheEnd() throws IOException {
        try (BackupManager manager = builder().build()) {
            String backup = manager.backupDatabase("shop").objectName();
            byte[] bytes;
            try (InputStream in = storage.download(backup, ByteRange.all())) {
                bytes = in.readAllBytes();
            }
            bytes[bytes.length / 2] ^= 1;
            storage.upload(backup, ContentWriter.of(bytes), PutCondition.none());
            try (EntryCursor cursor = manager.openEntries(backup, "shop", "orders", KeyRange.all())) {
                assertThatThrownBy(() -> cursor.pushTo((key, value) -> {}))
                        .isInstanceOf(CorruptBackupException.class)
                        .hasMessageContaining(backup);
            }
        }
    }

    @Test
    void unknownNamesAreRefused() throws IOException {
        try (BackupManager manager = builder().build()) {
            String backup = manager.backupDatabase("shop").objectName();
            assertThatThrownBy(() -> manager.openEntries(backup, "store", "orders", KeyRange.all()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[shop]");
            assertThatThrownBy(() -> manager.openEntries(backup, "shop", "lines", KeyRange.all()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("[orders]");
        }
    }

    @Test
    void anExecutorWithoutThreadsIsRefused() throws IOException {
        try (BackupManager manager = builder().executor(Runnable::run).build()) {
            String backup = manager.backupDatabase("shop").objectName();
            try (EntryCursor cursor = manager.openEntries(backup, "shop", "orders", KeyRange.all())) {
                assertThatThrownBy(cursor::next)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("threads of its own");
            }
        }
    }
}
