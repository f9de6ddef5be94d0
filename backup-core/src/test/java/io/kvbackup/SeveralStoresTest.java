package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.copy.CopyReport;
import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One scan, several stores, and none that fails takes the others with it. */
class SeveralStoresTest {
    private static final Map<String, String> CONTENT = Map.of("a", "1", "b", "2");

    @TempDir
    private Path temporary;

    private final ConcurrentMap<String, String> live = new ConcurrentSkipListMap<>(CONTENT);
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final MemoryStorageClient offsiteMemory = new MemoryStorageClient();
    private final FaultyStorageClient own = new FaultyStorageClient(memory);
    private final FaultyStorageClient offsite = new FaultyStorageClient(offsiteMemory);
    private final MemoryStorageClient third = new MemoryStorageClient();
    private final FailingDatabase orders = new FailingDatabase(database());
    private final BackupOptions everywhere = BackupOptions.builder()
            .alsoTo("offsite", offsite)
            .alsoTo("third", third)
            .tag("weekly")
            .build();
    private BackupManager manager;

    private Database database() {
        return MapDatabase.builder("orders")
                .set("items", live, Codec.utf8(), Codec.utf8())
                .build();
    }

    @BeforeEach
    void open() throws IOException {
        manager = BackupManager.builder()
                .storage(own)
                .temporaryDirectory(temporary)
                .retryPolicy(RetryPolicy.defaults()
                        .withAttempts(1)
                        .withDeadlines(Duration.ofMillis(300), Duration.ofMillis(300)))
                .database(orders)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        own.release();
        offsite.release();
        manager.close();
        assertThat(temporary).as("temporary files").isEmptyDirectory();
        assertThat(orders.openSnapshots()).isZero();
    }

    private void assertHolds(StorageClient store, String objectName) throws IOException {
        try (BackupManager there =
                BackupManager.builder().storage(store).database(database()).build()) {
            assertThat(there.describe(objectName).tags()).containsExactly("weekly");
            live.clear();
            there.restoreDatabase(objectName);
            assertThat(live).isEqualTo(CONTENT);
        }
    }

    private static byte[] read(StorageClient store, String key) throws IOException {
        try (InputStream in = store.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", Backup.ALL_DATABASES})
    void allStoresHoldTheSameBackup(String database) throws IOException {
        Map<String, StoreOutcome> outcomes = manager.backupToStores(database, everywhere);

        assertThat(outcomes).containsOnlyKeys("own", "offsite", "third");
        assertThat(outcomes.values()).allMatch(StoreOutcome::isStored);
        String name = outcomes.get("own").backup().orElseThrow().objectName();
        for (StorageClient store : new StorageClient[] {memory, offsiteMemory, third}) {
            assertThat(read(store, name)).isEqualTo(read(memory, name));
            assertThat(read(store, name + ".manifest.json")).isEqualTo(read(memory, name + ".manifest.json"));
            assertHolds(store, name);
        }
        assertThat(manager.copyBackup(name, third).way())
                .as("they are copies of each other")
                .isEqualTo(CopyReport.Way.WAS_THERE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"BEFORE", "HANG", "HANG_STUBBORNLY"})
    void aStoreThatFailsOrHangsMissesItsOwnCopyAlone(Fault fault) throws IOException {
        offsite.next(StorageOperation.UPLOAD, fault);

        Map<String, StoreOutcome> outcomes = manager.backupToStores("orders", everywhere);

        assertThat(outcomes.get("offsite").failure()).isPresent();
        assertThat(outcomes.get("own").isStored()).isTrue();
        assertHolds(third, outcomes.get("third").backup().orElseThrow().objectName());
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"BEFORE", "HANG"})
    void theOwnStoreIsNotBetterThanTheOthers(Fault fault) throws IOException {
        own.next(StorageOperation.LIST, fault).next(StorageOperation.UPLOAD, fault);

        Map<String, StoreOutcome> outcomes = manager.backupToStores("orders", everywhere);

        assertThat(outcomes.get("own").failure()).isPresent();
        assertHolds(
                offsiteMemory, outcomes.get("offsite").backup().orElseThrow().objectName());
    }

    @Test
    void aCopyThatCannotBeConfirmedIsRemoved() throws IOException {
        offsite.next(StorageOperation.UPLOAD, Fault.NONE, Fault.NONE, Fault.NONE, Fault.BEFORE);

        assertThat(manager.backupToStores("orders", everywhere).get("offsite").isStored())
                .isFalse();
        assertThat(offsiteMemory.list("backups/")).isEmpty();
    }

    @Test
    void theStrictWayWantsAllOfThem() throws IOException {
        assertThat(manager.backupDatabase("orders", everywhere).tags()).containsExactly("weekly");
        offsite.next(StorageOperation.UPLOAD, Fault.BEFORE);

        assertThatThrownBy(() -> manager.backupDatabase("orders", everywhere))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not in offsite (")
                .hasMessageContaining("it is in [own, third]");
    }

    @Test
    void noStoreAtAllIsAFailure() {
        own.next(StorageOperation.UPLOAD, Fault.BEFORE);
        offsite.next(StorageOperation.UPLOAD, Fault.BEFORE);
        BackupOptions two = BackupOptions.builder().alsoTo("offsite", offsite).build();

        assertThatThrownBy(() -> manager.backupToStores("orders", two))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not in own (")
                .hasMessageContaining("offsite (");
    }

    @Test
    void aScanThatFailsLeavesNothingAnywhere() throws IOException {
        orders.failAfter(1, () -> {
            throw new IOException("the scan fails on purpose");
        });

        assertThatThrownBy(() -> manager.backupToStores("orders", everywhere)).hasMessageContaining("on purpose");
        assertThat(third.list("", "")).isEmpty();
        assertThat(offsiteMemory.list("", "")).isEmpty();
    }

    @Test
    void nonsenseIsRefused() {
        BackupOptions.Builder builder = BackupOptions.builder().alsoTo("offsite", offsite);
        assertThatThrownBy(() -> builder.alsoTo("offsite", third)).hasMessageContaining("two stores named 'offsite'");
        assertThatThrownBy(() -> builder.alsoTo("own", third)).hasMessageContaining("'own'");
        assertThatThrownBy(() -> builder.alsoTo(" ", third)).hasMessageContaining("' '");
        assertThatThrownBy(() -> manager.backupToStores(
                        "orders", BackupOptions.builder().alsoTo("same", own).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'same'");
        assertThatThrownBy(() -> manager.backupToStores(
                        "orders",
                        BackupOptions.builder()
                                .alsoTo("a", new PrefixedStorageClient(third, "x/"))
                                .alsoTo("b", new PrefixedStorageClient(third, "x/"))
                                .build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'b'");
        assertThatThrownBy(() -> manager.backupToStores("nobody", everywhere))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }
}
