package io.kvbackup;

import static io.kvbackup.storage.fake.StorageOperation.COPY;
import static io.kvbackup.storage.fake.StorageOperation.DELETE;
import static io.kvbackup.storage.fake.StorageOperation.DOWNLOAD;
import static io.kvbackup.storage.fake.StorageOperation.LIST;
import static io.kvbackup.storage.fake.StorageOperation.STAT;
import static io.kvbackup.storage.fake.StorageOperation.UPLOAD;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.Backup;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.repository.Lease;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.StorageOperation;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** T17: what each operation asks of the store, to the request. */
class RequestCountTest {
    private final PruneHost host = new PruneHost();
    private final CountingStorageClient counting = new CountingStorageClient(host.storage);
    private final List<String> names = new ArrayList<>();
    private BackupManager manager;

    private interface Work {
        void run() throws IOException;
    }

    @BeforeEach
    void takeThreeBackups() throws IOException {
        manager = host.manager(counting);
        for (int i = 0; i < 3; i++) {
            names.add(host.backup(manager, i).objectName());
        }
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    /** Requests of each kind, those that were not made left out. */
    private Map<StorageOperation, Integer> requests(Work work) throws IOException {
        counting.reset();
        work.run();
        Map<StorageOperation, Integer> requests = new EnumMap<>(StorageOperation.class);
        for (StorageOperation operation : List.of(STAT, LIST, DOWNLOAD, UPLOAD, COPY, DELETE)) {
            if (counting.count(operation) > 0) {
                requests.put(operation, counting.count(operation));
            }
        }
        return requests;
    }

    @Test
    void aBackupOfOneDatabaseIsOneListAndTwoUploads() throws Exception {
        assertThat(requests(() -> manager.backupDatabase("orders"))).isEqualTo(Map.of(LIST, 1, UPLOAD, 2));
        assertThat(requests(() -> manager.backupDatabase(
                        "orders", BackupOptions.builder().tag("a").tag("b").build())))
                .as("and one for each tag")
                .isEqualTo(Map.of(LIST, 1, UPLOAD, 4));
        try (BackupManager fresh = host.manager(counting)) {
            assertThat(requests(() -> fresh.backupDatabase("orders")))
                    .as("the first one looks what store this is, and whether there are backups of all databases")
                    .isEqualTo(Map.of(STAT, 1, DOWNLOAD, 1, LIST, 2, UPLOAD, 2));
            assertThat(requests(() -> fresh.backupDatabase("orders"))).isEqualTo(Map.of(LIST, 1, UPLOAD, 2));
        }
    }

    @Test
    void whatStoreItIsIsAskedOnceInTheLifeOfAManager() throws Exception {
        try (BackupManager fresh = host.manager(counting)) {
            assertThat(requests(() -> fresh.listBackups())).isEqualTo(Map.of(STAT, 1, DOWNLOAD, 1, LIST, 1));
            assertThat(requests(() -> fresh.listBackups())).isEqualTo(Map.of(LIST, 1));
            assertThat(requests(() -> fresh.backupDatabase("orders"))).isEqualTo(Map.of(LIST, 2, UPLOAD, 2));
        }
        PruneHost other = new PruneHost();
        CountingStorageClient empty = new CountingStorageClient(other.storage);
        try (BackupManager first = other.manager(empty)) {
            first.backupDatabase("orders");
            assertThat(empty.count(STAT)).isEqualTo(1);
            assertThat(empty.count(UPLOAD))
                    .as("what says that it is a store, and the backup")
                    .isEqualTo(3);
            assertThat(empty.count(LIST)).as("what was there").isEqualTo(3);
        }
    }

    @Test
    void backupsOfAllDatabasesAreLookedForWhereThereAreSome() throws Exception {
        assertThat(requests(() -> manager.backupAllDatabases()))
                .as("the folder of each database and that of all; a note in each, once")
                .isEqualTo(Map.of(LIST, 2, UPLOAD, 3));
        assertThat(requests(() -> manager.backupAllDatabases())).isEqualTo(Map.of(LIST, 2, UPLOAD, 2));
        assertThat(requests(() -> manager.backupDatabase("orders"))).isEqualTo(Map.of(LIST, 2, UPLOAD, 2));
    }

    /** A clock that goes wrong there could have a prune take the archive before it has its manifest. */
    @Test
    void aBackupInAFolderLooksOnceMore(@TempDir Path folder) throws Exception {
        CountingStorageClient files = new CountingStorageClient(new FileStorageClient(folder));
        try (BackupManager there = host.manager(files)) {
            there.backupDatabase("orders");
            files.reset();
            there.backupDatabase("orders");
            assertThat(files.count(LIST)).isEqualTo(2);
            assertThat(files.count(UPLOAD)).isEqualTo(2);
        }
    }

    @Test
    void listingAsksForNamesOnly() throws Exception {
        assertThat(requests(() -> manager.listBackups())).isEqualTo(Map.of(LIST, 1));
        assertThat(requests(() -> manager.listBackups("orders")))
                .as("its own folder, and that of all databases")
                .isEqualTo(Map.of(LIST, 2));
    }

    /**
     * An archive and a manifest each, and a thousand names to a page: the 11 pages would hold one of the two.
     */
    @Test
    void tenThousandBackupsAreListedWithTwentyOneRequests() throws Exception {
        Instant stamp = Instant.parse("2020-01-01T00:00:00Z");
        for (int i = 3; i < 10_000; i++) {
            String name = "backups/orders/" + stamp.plusSeconds(i).toString().replace("Z", ".000Z") + ".cbor.zst";
            host.storage.upload(name, ContentWriter.of(new byte[1]), PutCondition.none());
            host.storage.upload(name + ".manifest.json", ContentWriter.of(new byte[1]), PutCondition.none());
        }
        assertThat(requests(
                        () -> assertThat(manager.listBackups()).hasSize(10_000).allMatch(Backup::hasManifest)))
                .isEqualTo(Map.of(LIST, 21));
        assertThat(requests(() -> manager.planPrune(PruneHost.last(1)))).isEqualTo(Map.of(LIST, 23));
    }

    @Test
    void readingABackupAsksForItsNamesItsManifestAndItsArchive() throws Exception {
        // The manifest is looked up before it is read, so that a broken download can go on where it broke off.
        assertThat(requests(() -> manager.describe(names.get(0)))).isEqualTo(Map.of(LIST, 1, STAT, 1, DOWNLOAD, 1));
        assertThat(requests(() -> manager.restoreDatabase(names.get(0))))
                .isEqualTo(Map.of(LIST, 1, STAT, 1, DOWNLOAD, 2));
        assertThat(requests(() -> manager.load(names.get(0)))).isEqualTo(Map.of(LIST, 1, STAT, 1, DOWNLOAD, 2));
        assertThat(requests(() -> manager.restoreLatest("orders")))
                .as("looks in two folders first")
                .isEqualTo(Map.of(LIST, 3, STAT, 1, DOWNLOAD, 2));
    }

    @Test
    void verifyingReadsAndRemembers() throws Exception {
        Map<StorageOperation, Integer> first = requests(() -> manager.verify(names.get(0)));
        assertThat(first).containsEntry(DOWNLOAD, 2).containsEntry(UPLOAD, 1);
        assertThat(first.values().stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(8);
        host.pass(Duration.ofHours(1));
        Map<StorageOperation, Integer> second = requests(() -> manager.verify(names.get(0)));
        assertThat(second).containsEntry(DOWNLOAD, 2).containsEntry(UPLOAD, 1);
        assertThat(second.values().stream().mapToInt(Integer::intValue).sum()).isLessThanOrEqualTo(8);
    }

    @Test
    void marksAreLookedForBeforeAndAfter() throws Exception {
        assertThat(requests(() -> manager.marks().pin(names.get(0)))).isEqualTo(Map.of(LIST, 2, UPLOAD, 1));
        assertThat(requests(() -> manager.marks().tag(names.get(0), "a"))).isEqualTo(Map.of(LIST, 2, UPLOAD, 1));
        assertThat(requests(() -> manager.marks().untag(names.get(0), "a"))).isEqualTo(Map.of(LIST, 1, DELETE, 1));
        assertThat(requests(() -> manager.marks().unpin(names.get(0)))).isEqualTo(Map.of(LIST, 1, DELETE, 1));
    }

    @Test
    void deletingTakesTombstoneManifestArchiveAndMarks() throws Exception {
        manager.marks().tag(names.get(0), "a");
        assertThat(requests(() -> manager.deleteBackup(names.get(0)))).isEqualTo(Map.of(LIST, 2, UPLOAD, 1, DELETE, 4));
    }

    @Test
    void aPrunePlansWithThreeListsAndWritesATombstoneForEachThatGoes() throws Exception {
        RetentionPolicy policy = PruneHost.last(1);
        PrunePlan[] plan = new PrunePlan[1];
        assertThat(requests(() -> plan[0] = manager.planPrune(policy)))
                .as("backups, packs and logs")
                .isEqualTo(Map.of(LIST, 3));
        assertThat(requests(() -> plan[0].execute()))
                .as("lease: looked for, written, dated, given back; two tombstones; all manifests at once")
                .isEqualTo(Map.of(STAT, 2, LIST, 4, UPLOAD, 4, DELETE, 1));
        assertThat(requests(() -> manager.planPrune(policy).execute()))
                .as("nothing to do; the lease is read now, since it exists")
                .isEqualTo(Map.of(STAT, 2, DOWNLOAD, 1, LIST, 6, UPLOAD, 2));
        host.pass(PruneHost.GRACE);
        assertThat(requests(() -> manager.planPrune(policy).execute()))
                .as("all archives at once, then all tombstones")
                .isEqualTo(Map.of(STAT, 2, DOWNLOAD, 1, LIST, 6, UPLOAD, 2, DELETE, 2));
    }

    @Test
    void aLeaseCostsOneOrTwoRequestsToTakeAndOneToRenewOrGiveBack() throws Exception {
        LeaseTime time = new LeaseTime(host.clock, () -> 0, pause -> {});
        LeaseStore leases = new LeaseStore(counting, time, new Random(1));
        Duration ttl = Duration.ofSeconds(30);
        List<Lease> lease = new ArrayList<>();
        assertThat(requests(() -> lease.add(leases.tryAcquire("x", ttl).orElseThrow())))
                .isEqualTo(Map.of(STAT, 1, UPLOAD, 1));
        assertThat(requests(() -> lease.get(0).ensureHeld())).isEmpty();
        assertThat(requests(() -> lease.get(0).renew())).isEqualTo(Map.of(UPLOAD, 1));
        assertThat(requests(() -> assertThat(leases.tryAcquire("x", ttl)).isEmpty()))
                .isEqualTo(Map.of(STAT, 1, DOWNLOAD, 1));
        assertThat(requests(() -> lease.get(0).close())).isEqualTo(Map.of(UPLOAD, 1));
    }
}
