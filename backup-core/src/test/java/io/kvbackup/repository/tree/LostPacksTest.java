package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.PackRecord;
import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupCatalog;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I1: packs that vanish while a backup refers to them are noticed before it exists, or it is taken back. */
class LostPacksTest {
    @TempDir
    private Path folder;

    private TreeHost host;
    private String pack = "";

    @BeforeEach
    void open() throws IOException {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.putOrders(0, 10_000, 0);
        pack = host.manifest(host.backup()).packs().get(0).name();
        host.putOrders(9_000, 9_100, 1);
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        try (var left = Files.list(folder)) {
            assertThat(left).as("temporary files are gone").isEmpty();
        }
    }

    private interface Deed {
        void run() throws IOException;
    }

    /** Does something once, or each time, right after an upload. */
    private static final class After extends ForwardingStorageClient {
        private final Predicate<String> upload;
        private final Deed deed;
        private int left;

        After(StorageClient delegate, Predicate<String> upload, int times, Deed deed) {
            super(delegate);
            this.upload = upload;
            this.left = times;
            this.deed = deed;
        }

        @Override
        public StorageTraits traits() {
            return super.traits().withOwnClock(false);
        }

        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            StorageObject uploaded = super.upload(key, content, condition);
            if (upload.test(key) && left-- > 0) {
                deed.run();
            }
            return uploaded;
        }
    }

    private List<String> names(Backup backup) throws IOException {
        return host.manifest(backup).packs().stream().map(PackRecord::name).toList();
    }

    @Test
    void aPackThatIsDeletedDuringTheScanIsStoredAgainFromTheSameSnapshot() throws IOException {
        host.restart(new After(host.store, key -> key.startsWith("packs/"), 1, () -> host.store.delete(List.of(pack))));

        Backup backup = host.backup();

        assertThat(names(backup)).doesNotContain(pack);
        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
    }

    @Test
    void aSpooledBackupBeginsAnew() throws IOException {
        host.spool = true;
        host.restart(new After(host.store, key -> key.startsWith("packs/"), 1, () -> host.store.delete(List.of(pack))));

        Backup backup = host.backup();

        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
    }

    @Test
    void aStoreThatLosesPacksGetsThemAgain() throws IOException {
        MemoryStorageClient second = new MemoryStorageClient();
        String[] deleted = new String[1];
        After losing = new After(second, key -> key.startsWith("packs/"), 1, () -> {
            try (var packs = second.list("packs/")) {
                deleted[0] = packs.findFirst().orElseThrow().key();
            }
            second.delete(List.of(deleted[0]));
        });

        Map<String, StoreOutcome> outcomes = host.writeTo(Map.of("own", host.store), Map.of("second", losing));

        assertThat(outcomes.values()).allMatch(outcome -> outcome.failure().isEmpty());
        assertThat(second.stat(deleted[0])).isPresent();
        Backup backup = outcomes.get("second").backup().orElseThrow();
        try (TreeHost there = new TreeHost(second, folder)) {
            assertThat(there.read(backup)).isEqualTo(new TreeMap<>(host.items));
        }
    }

    /** Otherwise it would share nothing with what the own store has. */
    @Test
    void afterTheOwnStoreHasFailedTheNextBackupGoesOnFromItsLastOne() throws IOException {
        StorageClient broken = new ForwardingStorageClient(host.store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                throw new IOException("no space left");
            }
        };
        Map<String, StoreOutcome> outcomes =
                host.writeTo(Map.of("own", broken), Map.of("second", new MemoryStorageClient()));
        assertThat(outcomes.get("own").failure()).isPresent();
        assertThat(outcomes.get("second").backup()).isPresent();
        long before = host.packBytes();

        Backup next = host.backup();

        assertThat(host.read(next)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packBytes() - before).as("what has changed").isLessThan(before / 10);
    }

    /** The store of the test has no clock of its own, so every backup looks again. */
    @Test
    void aTombstoneAfterTheManifestHasTheBackupTakenBackAndWrittenAgain() throws IOException {
        int before = new BackupCatalog(host.store, host.keys).list("orders").size();
        String tombstone = pack + ".removed.2026-11-20T13:00:00.000Z";
        host.restart(new After(
                host.store,
                key -> key.endsWith(".manifest.json"),
                1,
                () -> host.store.upload(tombstone, ContentWriter.of(new byte[0]), PutCondition.none())));

        Backup backup = host.backup();

        assertThat(names(backup)).doesNotContain(pack);
        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(new BackupCatalog(host.store, host.keys).list("orders"))
                .as("the one that was taken back is not there")
                .hasSize(before + 1);
    }

    @Test
    void packsThatVanishAgainAndAgainEndTheBackupWithTheirNames() throws IOException {
        int before = host.sizes("backups/").size();
        host.restart(new After(host.store, key -> key.startsWith("packs/"), Integer.MAX_VALUE, () -> {
            for (StorageObject each : host.packs()) {
                host.store.delete(List.of(each.key()));
            }
        }));

        assertThatThrownBy(host::backup)
                .isInstanceOf(PacksLostException.class)
                .hasMessageContaining("packs/orders/")
                .hasMessageContaining("grace period");
        assertThat(host.sizes("backups/")).hasSize(before);
    }

    @Test
    void aBackupThatIsInterruptedLeavesNothingButPacks() throws IOException {
        int before = host.sizes("backups/").size();
        host.mayCommit = () -> Thread.currentThread().interrupt();

        try {
            assertThatThrownBy(() -> {
                        host.backup();
                        // A store in memory notices no interrupt: then the backup is there, which is as well.
                        throw new IOException("not noticed");
                    })
                    .isInstanceOf(IOException.class);
        } finally {
            Thread.interrupted();
        }

        assertThat(host.sizes("backups/").size()).isIn(before, before + 2);
        host.mayCommit = () -> {};
        assertThat(host.read(host.backup())).isEqualTo(new TreeMap<>(host.items));
    }
}
