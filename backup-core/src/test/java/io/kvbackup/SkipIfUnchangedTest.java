package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SkipIfUnchangedTest {
    private static final BackupOptions SKIP =
            BackupOptions.builder().skipIfUnchanged(true).build();

    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final CountingStorageClient store = new CountingStorageClient(memory);
    private final ConcurrentMap<String, String> items = new ConcurrentSkipListMap<>();
    private final ConcurrentMap<String, String> stock = new ConcurrentSkipListMap<>();

    private static MapDatabase.Builder database(String name, ConcurrentMap<String, String> map) {
        return MapDatabase.builder(name).set("items", map, Codec.utf8(), Codec.utf8());
    }

    private BackupManagerBuilder builder() {
        for (int i = 0; i < 500; i++) {
            items.put("key-" + i, "value " + i * 7919);
        }
        return BackupManager.builder()
                .storage(store)
                .database(database("orders", items).build())
                .database(database("stock", stock).build());
    }

    @ParameterizedTest
    @CsvSource({
        "FULL,cbor.zst,false",
        "FULL,json.gz,true",
        "FULL,tar,false",
        "FULL,cbor.zst.enc,true",
        "INCREMENTAL,,false",
        "INCREMENTAL,,true",
        "INCREMENTAL,cbor.enc,false"
    })
    void aSecondBackupOfTheSameIsTheFirst(BackupKind kind, @Nullable String format, boolean spool) throws Exception {
        BackupManagerBuilder builder = builder().kind(kind).spool(spool);
        if (format != null) {
            builder.format(format);
            if (format.endsWith("enc")) {
                builder.encryption(EncryptionKeys.ofRaw("k", new byte[32]));
            }
        }
        try (BackupManager manager = builder.build()) {
            Backup first = manager.backupDatabase("orders", SKIP);
            store.reset();
            Backup second = manager.backupDatabase(
                    "orders", SKIP.toBuilder().tag("release").build());
            assertThat(second.objectName()).isEqualTo(first.objectName());
            assertThat(second.tags()).containsExactly("release");
            assertThat(second.contents()).isPresent();
            assertThat(store.count(StorageOperation.UPLOAD)).as("the tag").isEqualTo(1);

            items.put("key-7", "another");
            Backup third = manager.backupDatabase("orders", SKIP);
            assertThat(third.objectName()).isNotEqualTo(first.objectName());
            assertThat(manager.verify(third.objectName()).entries()).isEqualTo(500);
            items.put("key-7", "value " + 7 * 7919);
            assertThat(manager.backupDatabase("orders", SKIP).objectName())
                    .as("holds what the one before the newest holds")
                    .isNotIn(first.objectName(), third.objectName());
            assertThat(manager.listBackups("orders")).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource(BackupKind.class)
    void aSecondBackupOfAllDatabasesIsTheFirst(BackupKind kind) throws Exception {
        try (BackupManager manager = builder().kind(kind).build()) {
            Backup first = manager.backupAllDatabases(SKIP);
            assertThat(manager.backupAllDatabases(SKIP).objectName()).isEqualTo(first.objectName());
            stock.put("a", "b");
            Backup second = manager.backupAllDatabases(SKIP);
            assertThat(second.objectName()).isNotEqualTo(first.objectName());
            manager.backupDatabase("stock");
            assertThat(manager.backupAllDatabases(SKIP).objectName())
                    .as("another one is newer")
                    .isNotEqualTo(second.objectName());
        }
    }

    @Test
    void onlyTheNewestCountsAndOnlyIfItWasMadeInTheSameWay() throws Exception {
        try (BackupManager manager = builder().build()) {
            Backup first = manager.backupDatabase("orders", SKIP);
            Backup all = manager.backupAllDatabases();
            Backup afterAll = manager.backupDatabase("orders", SKIP);
            assertThat(afterAll.objectName()).as("one of all is newer").isNotIn(first.objectName(), all.objectName());
            Backup other = manager.backupDatabase(
                    "orders", SKIP.toBuilder().format("json.gz").build());
            assertThat(other.objectName()).as("another format").isNotEqualTo(afterAll.objectName());
            Backup tree = manager.backupDatabase(
                    "orders", SKIP.toBuilder().kind(BackupKind.INCREMENTAL).build());
            assertThat(tree.kind()).isEqualTo(BackupKind.INCREMENTAL);
        }
    }

    @Test
    void aDamagedOneDoesNotCount() throws Exception {
        try (BackupManager manager = builder().build()) {
            Backup first = manager.backupDatabase("orders", SKIP);
            memory.upload(first.objectName(), ContentWriter.of(new byte[3]), PutCondition.none());
            assertThatThrownBy(() -> manager.verify(first.objectName(), VerifyLevel.STORED))
                    .isInstanceOf(IOException.class);
            assertThat(manager.backupDatabase("orders", SKIP).objectName()).isNotEqualTo(first.objectName());
        }
    }

    @ParameterizedTest
    @EnumSource(BackupKind.class)
    void anEmptySetMoreIsAChange(BackupKind kind) throws Exception {
        String first;
        try (BackupManager manager = BackupManager.builder()
                .storage(memory)
                .kind(kind)
                .database(database("orders", items).build())
                .build()) {
            first = manager.backupDatabase("orders", SKIP).objectName();
            assertThat(manager.backupDatabase("orders", SKIP).objectName()).isEqualTo(first);
        }
        try (BackupManager manager = BackupManager.builder()
                .storage(memory)
                .kind(kind)
                .database(database("orders", items)
                        .set("none", new ConcurrentSkipListMap<>(), Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            assertThat(manager.backupDatabase("orders", SKIP).objectName()).isNotEqualTo(first);
        }
    }

    @Test
    void whatItDoesNotGoWithIsRefused() {
        assertThatThrownBy(() -> SKIP.toBuilder().alsoTo("offsite", memory).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'alsoTo'");
        assertThatThrownBy(() -> SKIP.toBuilder().newLineage(true).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'newLineage'");
    }
}
