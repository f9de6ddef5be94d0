package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.prune.PrunePlan;
import io.kvbackup.prune.PruneReport;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packs that no manifest names are removed by two prunes a grace period apart, beside backups that go on meanwhile. */
class PrunePacksTest {
    private static final BackupOptions INCREMENTAL =
            BackupOptions.builder().kind(BackupKind.INCREMENTAL).build();
    private static final Duration MORE_THAN_GRACE = PruneHost.GRACE.plusHours(1);

    private final PruneHost host = new PruneHost();
    private BackupManager manager;

    @BeforeEach
    void open() throws IOException {
        manager = host.manager();
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    private Backup backup(int version) throws IOException {
        return backup(manager, version);
    }

    private Backup backup(BackupManager by, int version) throws IOException {
        for (int i = 0; i < 400; i++) {
            host.notes.put("note" + i, "text " + version + " of " + i);
        }
        Backup backup = by.backupDatabase("orders", INCREMENTAL);
        host.pass(Duration.ofHours(1));
        return backup;
    }

    private List<String> packs() throws IOException {
        try (Stream<StorageObject> objects = host.storage.list("packs/")) {
            return objects.map(StorageObject::key).toList();
        }
    }

    private PruneReport prune() throws IOException {
        return manager.planPrune(PruneHost.last(1)).execute();
    }

    private void assertRestores(Backup backup) throws IOException {
        TreeMap<String, String> live = new TreeMap<>(host.notes);
        host.notes.clear();
        manager.restoreDatabase(backup.objectName());
        assertThat(new TreeMap<>(host.notes)).isEqualTo(live);
    }

    @Test
    void whatNoBackupNeedsGoesAfterTwoGracePeriods() throws IOException {
        backup(1);
        List<String> first = packs();
        Backup second = backup(2);
        host.pass(MORE_THAN_GRACE);

        prune();
        assertThat(packs())
                .as("the manifest went, its pack has a tombstone")
                .anyMatch(key -> key.contains(".removed."));
        assertThat(packs()).containsAll(first);

        host.pass(MORE_THAN_GRACE);
        PrunePlan plan = manager.planPrune(PruneHost.last(1));
        assertThat(plan.packs()).isEqualTo(first);
        assertThat(plan.bytesFreed()).isPositive();
        assertThat(plan.toString()).contains(first.get(0));
        PruneReport report = plan.execute();

        assertThat(report.collected()).containsAll(first);
        assertThat(packs()).doesNotContainAnyElementsOf(first).noneMatch(key -> key.contains(".removed."));
        assertThat(packs()).isNotEmpty();
        assertRestores(second);
    }

    @Test
    void deletingABackupTouchesNoPack() throws IOException {
        Backup backup = backup(1);
        List<String> before = packs();

        manager.deleteBackup(backup.objectName());

        assertThat(packs()).isEqualTo(before);
    }

    @Test
    void aTombstoneOnAPackThatIsNeededGoes() throws IOException {
        Backup backup = backup(1);
        String tombstone = packs().get(0) + ".removed.2026-11-20T12:30:00.000Z";
        host.storage.upload(tombstone, ContentWriter.of(new byte[0]), PutCondition.none());
        host.pass(MORE_THAN_GRACE);

        prune();

        assertThat(packs()).doesNotContain(tombstone).isNotEmpty();
        assertRestores(backup);
    }

    @Test
    void aManifestThatCannotBeReadKeepsEverything() throws IOException {
        backup(1);
        Backup second = backup(2);
        host.pass(MORE_THAN_GRACE);
        prune();
        host.pass(MORE_THAN_GRACE);
        host.storage.upload(
                second.objectName() + ".manifest.json",
                ContentWriter.of("{\"formatVersion\":4}".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                PutCondition.none());
        List<String> before = packs();

        prune();

        assertThat(packs()).isEqualTo(before);
        assertThat(manager.planPrune(PruneHost.last(1)).packs()).isEmpty();
    }

    @Test
    void foreignNamesStay() throws IOException {
        backup(1);
        List<String> foreign = List.of("packs/orders/notes.txt", "packs/orders/2026-11-20T12:00:00.000Z-ab.pack");
        for (String key : foreign) {
            host.storage.upload(key, ContentWriter.of(new byte[1]), PutCondition.none());
        }
        for (int i = 0; i < 3; i++) {
            host.pass(MORE_THAN_GRACE);
            prune();
        }

        assertThat(packs()).containsAll(foreign);
    }

    /** Lets another process do something before each request of a kind. */
    private static final class Interleaved extends ForwardingStorageClient {
        private final Work meanwhile;
        private int left;

        interface Work {
            void run() throws IOException;
        }

        Interleaved(StorageClient delegate, int request, Work meanwhile) {
            super(delegate);
            this.left = request;
            this.meanwhile = meanwhile;
        }

        private void count() throws IOException {
            if (--left == 0) {
                meanwhile.run();
            }
        }

        @Override
        public Optional<StorageObject> stat(String key) throws IOException {
            count();
            return super.stat(key);
        }

        @Override
        public Stream<StorageObject> list(String prefix, String after) throws IOException {
            count();
            return super.list(prefix, after);
        }

        @Override
        public InputStream download(String key, io.kvbackup.storage.ByteRange range) throws IOException {
            count();
            return super.download(key, range);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            count();
            return super.upload(key, content, condition);
        }

        @Override
        public void delete(Collection<String> keys) throws IOException {
            count();
            super.delete(keys);
        }
    }

    /** I4: whatever a listing shows can be restored, wherever in a backup two prunes and two grace periods pass. */
    @Test
    @Tag("thorough")
    void aWriterThatSleepsBetweenAnyTwoRequestsIsNoticedOrNotices() throws IOException {
        int finished = 0;
        for (int request = 1; request < 30; request++) {
            PruneHost each = new PruneHost();
            try (BackupManager pruning = each.manager()) {
                each.notes.put("a", "1");
                Backup parent = pruning.backupDatabase("orders", INCREMENTAL);
                each.pass(Duration.ofHours(1));
                // The parent is deleted while the next backup refers to its packs.
                Interleaved slow = new Interleaved(each.storage, request, () -> {
                    pruning.deleteBackup(parent.objectName());
                    for (int i = 0; i < 2; i++) {
                        each.pass(MORE_THAN_GRACE);
                        pruning.planPrune(PruneHost.last(1)).execute();
                    }
                });
                try (BackupManager writing = each.manager(slow)) {
                    writing.backupDatabase("orders", INCREMENTAL);
                    finished++;
                } catch (IOException e) {
                    // It took too long: nobody has been told that there is a backup.
                }
                for (Backup listed : pruning.listBackups()) {
                    if (listed.hasManifest()) {
                        each.notes.clear();
                        pruning.restoreDatabase(listed.objectName());
                        assertThat(each.notes).as("request %d", request).containsEntry("a", "1");
                    }
                }
            }
        }
        assertThat(finished).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    @Tag("thorough")
    void aPruneThatDiesLeavesNothingThatDoesNotRestore(Moment moment) throws IOException {
        for (int request = 1; ; request++) {
            PruneHost each = new PruneHost();
            try (BackupManager living = each.manager()) {
                for (int version = 0; version < 2; version++) {
                    each.notes.put("a", String.valueOf(version));
                    living.backupDatabase("orders", INCREMENTAL);
                    each.pass(MORE_THAN_GRACE);
                }
                living.planPrune(PruneHost.last(1)).execute();
                each.pass(MORE_THAN_GRACE);
                CountingStorageClient dying = new CountingStorageClient(each.storage).crashAt(request, moment);
                try (BackupManager dead = each.manager(dying)) {
                    dead.planPrune(PruneHost.last(1)).execute();
                } catch (Crash | IOException e) {
                    // As wanted.
                }
                Backup last = living.listBackups().get(0);
                living.restoreDatabase(last.objectName());
                assertThat(each.notes).as("request %d", request).containsEntry("a", "1");
                for (int i = 0; i < 3; i++) {
                    each.pass(MORE_THAN_GRACE);
                    living.planPrune(PruneHost.last(1)).execute();
                }
                assertThat(keys(each.storage, "packs/"))
                        .as("request %d", request)
                        .hasSize(1);
                if (!dying.isDead()) {
                    assertThat(request).isGreaterThan(8);
                    return;
                }
            }
        }
    }

    private static List<String> keys(MemoryStorageClient storage, String prefix) throws IOException {
        try (Stream<StorageObject> objects = storage.list(prefix)) {
            return objects.map(StorageObject::key).toList();
        }
    }
}
