package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupContents;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backup and its twin of the other kind hold the same. */
class ConvertTest {
    private static final int COUNT = 3_000;

    @TempDir
    private Path folder;

    private final ConcurrentSkipListMap<String, String> orders = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, String> stock = new ConcurrentSkipListMap<>();

    private BackupManagerBuilder builder(StorageClient storage) {
        return BackupManager.builder()
                .storage(storage)
                .temporaryDirectory(folder)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .database(MapDatabase.builder("shop")
                        .set("orders", orders, Codec.utf8(), Codec.utf8())
                        .set("none", new ConcurrentSkipListMap<String, String>(), Codec.utf8(), Codec.utf8())
                        .set("stock", stock, Codec.utf8(), Codec.utf8())
                        .build());
    }

    private void fill() {
        orders.clear();
        stock.clear();
        for (int i = 0; i < COUNT; i++) {
            orders.put(String.format("%06d", i), "\"order " + i * 17L + "\"");
            stock.put(String.format("%06d", i), "\"stock " + i * 19L + "\"");
        }
    }

    private static BackupKind other(BackupKind kind) {
        return kind == BackupKind.FULL ? BackupKind.INCREMENTAL : BackupKind.FULL;
    }

    private static Backup take(BackupManager manager, BackupKind kind) throws IOException {
        return manager.backupDatabase(
                "shop", BackupOptions.builder().kind(kind).tag("release").build());
    }

    @ParameterizedTest
    @EnumSource
    void theTwinHoldsTheSame(BackupKind kind) throws IOException {
        for (EncryptionKeys keys : new EncryptionKeys[] {null, EncryptionKeys.ofRaw("k", new byte[32])}) {
            fill();
            MemoryStorageClient storage = new MemoryStorageClient();
            BackupManagerBuilder builder = builder(storage);
            try (BackupManager manager = (keys == null ? builder : builder.encryption(keys)).build()) {
                Backup backup = take(manager, kind);
                Backup twin = manager.convert(backup.objectName(), other(kind));
                assertThat(twin.kind()).isEqualTo(other(kind));
                assertThat(twin.timestamp()).isEqualTo(backup.timestamp());
                assertThat(twin.tags()).containsExactly("release");
                assertThat(manager.listBackups()).hasSize(2);
                assertThat(manager.verify(twin.objectName(), VerifyLevel.DRILL)
                                .result()
                                .passed())
                        .isTrue();
                try (BackupDiff diff = manager.diff(backup.objectName(), twin.objectName())) {
                    assertThat(diff.next()).isEmpty();
                }
                Map<String, String> before = new TreeMap<>(stock);
                stock.clear();
                orders.put("000001", "\"changed\"");
                manager.restoreDatabase(twin.objectName());
                assertThat(stock).isEqualTo(before);
                assertThat(orders).containsEntry("000001", "\"order 17\"");
                assertThatThrownBy(() -> manager.convert(backup.objectName(), kind))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("already");
                assertThatThrownBy(() -> manager.convert(backup.objectName(), other(kind)))
                        .isInstanceOf(IOException.class);
                manager.deleteBackup(backup.objectName());
                assertThat(manager.listBackups()).hasSize(1);
                assertThat(manager.verify(twin.objectName()).result().passed()).isTrue();
            }
        }
    }

    @Test
    void allDatabasesAreConvertedTogether() throws IOException {
        fill();
        try (BackupManager manager = builder(new MemoryStorageClient())
                .database(MapDatabase.builder("more")
                        .set("stock", stock, Codec.utf8(), Codec.utf8())
                        .build())
                .build()) {
            Backup tree = manager.backupAllDatabases(
                    BackupOptions.builder().kind(BackupKind.INCREMENTAL).build());
            Backup archive = manager.convert(tree.objectName(), BackupKind.FULL);
            assertThat(manager.load(archive.objectName()).databases()).containsOnlyKeys("shop", "more");
            try (BackupDiff diff = manager.diff(tree.objectName(), archive.objectName())) {
                assertThat(diff.next()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedBackupHasNoTwin(BackupKind kind) throws IOException {
        fill();
        MemoryStorageClient storage = new MemoryStorageClient();
        try (BackupManager manager = builder(storage).build()) {
            Backup backup = take(manager, kind);
            String key = backup.objectName();
            if (kind == BackupKind.INCREMENTAL) {
                try (var objects = storage.list("packs/")) {
                    key = objects.findFirst().orElseThrow().key();
                }
            }
            byte[] bytes;
            try (InputStream in = storage.download(key, ByteRange.all())) {
                bytes = in.readAllBytes();
            }
            bytes[bytes.length / 3] ^= 1;
            storage.upload(key, ContentWriter.of(bytes), PutCondition.none());
            assertThatThrownBy(() -> manager.convert(backup.objectName(), other(kind)))
                    .isInstanceOf(CorruptBackupException.class);
            assertThat(manager.listBackups()).hasSize(1);
        }
    }

    @Test
    void aPlainBackupIsNotGivenTheLooksOfAnEncryptedOne() throws IOException {
        fill();
        MemoryStorageClient storage = new MemoryStorageClient();
        Backup plain;
        try (BackupManager manager = builder(storage).build()) {
            plain = take(manager, BackupKind.FULL);
        }
        try (BackupManager manager = builder(storage)
                .encryption(EncryptionKeys.ofRaw("k", new byte[32]))
                .build()) {
            assertThatThrownBy(() -> manager.convert(plain.objectName(), BackupKind.INCREMENTAL))
                    .hasMessageContaining("not encrypted");
        }
    }

    @ParameterizedTest
    @EnumSource
    void wheneverItDiesThereIsNoTwinOrAWholeOne(BackupKind kind) throws IOException {
        fill();
        CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
        int requests;
        try (BackupManager manager = builder(counting).build()) {
            Backup backup = take(manager, kind);
            int before = counting.total();
            manager.convert(backup.objectName(), other(kind));
            requests = counting.total() - before;
        }
        for (int request = 1; request <= requests; request++) {
            for (CountingStorageClient.Moment moment : CountingStorageClient.Moment.values()) {
                MemoryStorageClient disk = new MemoryStorageClient();
                Backup backup;
                try (BackupManager manager = builder(disk).build()) {
                    backup = take(manager, kind);
                }
                CountingStorageClient dying = new CountingStorageClient(disk);
                // Not closed: its process is dead.
                BackupManager dead = builder(dying).build();
                dying.reset();
                dying.crashAt(request, moment);
                try {
                    dead.convert(backup.objectName(), other(kind));
                } catch (CountingStorageClient.Crash | IOException | RuntimeException e) {
                    assertThat(dying.isDead())
                            .as("request %s, %s: %s", request, moment, e)
                            .isTrue();
                }
                try (BackupManager manager = builder(disk).build()) {
                    for (Backup each : manager.listBackups()) {
                        if (each.hasManifest()) {
                            assertThat(manager.verify(each.objectName())
                                            .result()
                                            .passed())
                                    .isTrue();
                        }
                    }
                    assertThat(manager.describe(backup.objectName()).hasManifest())
                            .isTrue();
                }
            }
        }
    }

    @Test
    void describeTellsOwnAndSharedBytes() throws IOException {
        fill();
        try (BackupManager manager = builder(new MemoryStorageClient()).build()) {
            Backup first =
                    manager.describe(take(manager, BackupKind.INCREMENTAL).objectName());
            orders.put("000001", "\"changed\"");
            Backup second =
                    manager.describe(take(manager, BackupKind.INCREMENTAL).objectName());
            Backup full = manager.describe(take(manager, BackupKind.FULL).objectName());
            BackupContents one = first.contents().orElseThrow();
            BackupContents two = second.contents().orElseThrow();
            assertThat(one.sharedBytes()).isZero();
            assertThat(one.ownBytes()).isGreaterThan(10_000);
            assertThat(two.sharedBytes()).isGreaterThan(one.ownBytes() / 2);
            assertThat(two.ownBytes()).isBetween(second.storedBytes(), one.ownBytes() / 2);
            assertThat(one.changedEntries()).hasValue(one.metadata().entryCount());
            assertThat(two.changedEntries().orElseThrow()).isBetween(1L, 100L);
            assertThat(full.contents().orElseThrow().changedEntries()).isEmpty();
            assertThat(full.contents().orElseThrow().sharedBytes()).isZero();
            assertThat(full.contents().orElseThrow().ownBytes()).isEqualTo(full.storedBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(BackupKind.class)
    void aConversionThatDiedIsNotInTheWayForEver(BackupKind kind) throws IOException {
        fill();
        TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));
        MemoryStorageClient store = new MemoryStorageClient(clock);
        try (BackupManager manager = builder(store).clock(clock).build()) {
            Backup backup = take(manager, kind);
            Backup twin = manager.convert(backup.objectName(), other(kind));
            store.delete(List.of(twin.objectName() + ".manifest.json"));

            assertThatThrownBy(() -> manager.convert(backup.objectName(), other(kind)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(twin.objectName())
                    .hasMessageContaining("has died");

            clock.advance(Duration.ofHours(25));
            Backup again = manager.convert(backup.objectName(), other(kind));
            assertThat(again.objectName()).isEqualTo(twin.objectName());
            manager.verify(again.objectName());
        }
    }
}
