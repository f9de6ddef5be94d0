package io.kvbackup.storage.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.JobOptions;
import io.kvbackup.model.Backup;
import io.kvbackup.retention.RetentionPolicy;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PrefixedStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Object servers that keep files have no room for an object below another one, and refuse it with "500". */
class StoreOnFileSystemTest {
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private final StorageClient store = BrokenStores.onFileSystem(new ForwardingStorageClient(memory) {
        @Override
        public StorageTraits traits() {
            return super.traits().withConditions(Conditions.UNKNOWN).withPartSize(300_000);
        }
    });
    private final Map<String, String> items = new ConcurrentSkipListMap<>(Map.of("a", "1"));

    @Test
    void nothingThatTheLibraryWritesLiesBelowAnObject() throws Exception {
        String longest = "d".repeat(200);
        try (BackupManager manager = BackupManager.builder()
                        .storage(store)
                        .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                        .checkStorage(StorageCheck.quick())
                        .jobs(JobOptions.builder().build())
                        .database(database("backups"))
                        .database(database(longest))
                        .build();
                StorageClient part = new PrefixedStorageClient(store, "copies/")) {
            Backup first = manager.backupDatabase(
                    "backups", BackupOptions.builder().tag("weekly").build());
            manager.marks().pin(first.objectName());
            manager.verify(first.objectName());
            manager.backupDatabase(longest);
            Backup all = manager.backupAllDatabases();
            manager.copyBackup(all.objectName(), part);
            manager.restoreAllDatabases(all.objectName());
            manager.marks().unpin(first.objectName());
            manager.deleteBackup(first.objectName());
            manager.planPrune(RetentionPolicy.builder().keepLast(1).build()).execute();
            assertThat(manager.listBackups()).hasSize(2);
        }
    }

    /** Of names of 400 bytes it will not even say that there is no such object. */
    @Test
    void aStoreOnAFileSystemIsGood() throws IOException {
        for (StorageCheck check : List.of(StorageCheck.quick(), StorageCheck.full())) {
            StorageReport report = check.run(store);

            assertThat(report.verdict()).as(report.toString()).isEqualTo(StorageReport.Verdict.GOOD);
            assertThat(report.findings())
                    .filteredOn(finding -> finding.outcome() != StorageReport.Finding.Outcome.PASSED)
                    .allMatch(finding -> finding.criterion() == StorageReport.Criterion.ODD_KEYS
                            && finding.outcome() == StorageReport.Finding.Outcome.WARNING);
            try (Stream<StorageObject> left = memory.list("")) {
                assertThat(left).isEmpty();
            }
        }
        new GuardedStorageClient(store).upload("a", ContentWriter.of(new byte[1 << 20]), PutCondition.ifAbsent());
        assertThat(memory.stat("a")).isPresent();
    }

    private MapDatabase database(String name) throws IOException {
        return MapDatabase.builder(name)
                .set("items", items, Codec.utf8(), Codec.utf8())
                .build();
    }
}
