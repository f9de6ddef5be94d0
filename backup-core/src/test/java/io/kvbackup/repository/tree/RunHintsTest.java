package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of databases whose snapshots have runs with stamps: as those that read everything, and cheaper. */
class RunHintsTest {
    @TempDir
    private Path folder;

    private final Paged database = new Paged();
    private TreeHost host;

    /** A map whose keys lie in pages by their first letters, each with the number of its last change. */
    private static final class Paged implements Database {
        private final NavigableMap<String, String> entries = new TreeMap<>();
        private final NavigableMap<String, Long> pages = new TreeMap<>();
        private boolean lasting = true;
        private boolean overlapping;
        private long changes;
        private long read;

        static String page(String key) {
            return key.substring(0, 16);
        }

        void put(String key, String value) {
            entries.put(key, value);
            pages.put(page(key), ++changes);
        }

        void remove(String key) {
            entries.remove(key);
            pages.put(page(key), ++changes);
            if (entries.subMap(page(key), page(key) + "~").isEmpty()) {
                pages.remove(page(key));
            }
        }

        void putOrders(int from, int to, int version) {
            for (int i = from; i < to; i++) {
                put(TreeHost.key(i), TreeHost.value(i, version));
            }
        }

        @Override
        public String name() {
            return "orders";
        }

        @Override
        public DatabaseSnapshot openSnapshot() {
            NavigableMap<String, String> fixed = new TreeMap<>(entries);
            NavigableMap<String, Long> stamps = new TreeMap<>(pages);
            return new DatabaseSnapshot() {
                @Override
                public DatabaseBackup header() {
                    return DatabaseBackup.of("orders", new SetBackup("items", Encoding.TEXT, Encoding.TEXT));
                }

                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    for (Map.Entry<String, String> each :
                            fixed.tailMap(new String(range.from(), UTF_8)).entrySet()) {
                        byte[] key = each.getKey().getBytes(UTF_8);
                        if (!range.contains(key)) {
                            return;
                        }
                        read++;
                        to.visit(key, each.getValue().getBytes(UTF_8));
                    }
                }

                @Override
                public Optional<Runs> runs(String set) {
                    return Optional.of(new Runs() {
                        @Override
                        public void read(Visitor to) throws IOException {
                            for (Map.Entry<String, Long> page : stamps.entrySet()) {
                                KeyRange keys = KeyRange.startingWith(page.getKey()
                                        .substring(0, overlapping ? 5 : 16)
                                        .getBytes(UTF_8));
                                to.visit(keys, page.getValue().toString().getBytes(UTF_8));
                            }
                        }

                        @Override
                        public boolean areLasting() {
                            return lasting;
                        }
                    });
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) {
            throw new UnsupportedOperationException();
        }
    }

    @BeforeEach
    void open() {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.chunkSize = OptionalInt.of(Chunker.DEFAULT_SIZE);
        host.restart();
        database.putOrders(0, 5_000, 0);
    }

    private Backup backup() throws IOException {
        database.read = 0;
        Backup backup = host.backup(database);
        assertThat(host.read(backup)).isEqualTo(database.entries);
        return backup;
    }

    private void requireRootOfScan(Backup backup) throws IOException {
        try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            fresh.items.putAll(database.entries);
            assertThat(host.root(backup)).isEqualTo(fresh.root(fresh.backup()));
        }
    }

    @Test
    void whatDidNotChangeIsNotReadEvenAfterARestart() throws IOException {
        backup();
        assertThat(database.read).isEqualTo(5_000);
        host.restart();
        long before = host.packBytes();
        requireRootOfScan(backup());
        assertThat(database.read).isZero();
        assertThat(host.packBytes()).isEqualTo(before);
    }

    @Test
    void aFewChangesAreReadWithWhatIsAround() throws IOException {
        backup();
        database.put(TreeHost.key(700), "new");
        database.remove(TreeHost.key(3_000));
        database.put(TreeHost.key(9_000), "appended");
        Backup second = backup();
        requireRootOfScan(second);
        assertThat(database.read).isBetween(3L, 700L);
        assertThat(host.manifest(second).metadata().entryCount()).isEqualTo(5_000);
    }

    @Test
    void wholePagesThatGoAreNoticed() throws IOException {
        backup();
        for (int i = 1_000; i < 1_300; i++) {
            database.remove(TreeHost.key(i));
        }
        requireRootOfScan(backup());
        assertThat(database.read).isBetween(1L, 500L);
    }

    @Test
    void stampsThatDoNotLastServeOneProcess() throws IOException {
        database.lasting = false;
        backup();
        database.put(TreeHost.key(700), "new");
        requireRootOfScan(backup());
        assertThat(database.read).isBetween(1L, 400L);
        host.restart();
        requireRootOfScan(backup());
        assertThat(database.read).isEqualTo(5_000);
    }

    @Test
    void ifMuchChangedAllIsScanned() throws IOException {
        backup();
        for (int i = 0; i < 5_000; i += 10) {
            database.put(TreeHost.key(i), "new");
        }
        requireRootOfScan(backup());
        assertThat(database.read).isEqualTo(5_000);
    }

    @Test
    void lostPacksHealAlthoughNothingChanged() throws IOException {
        backup();
        host.store.delete(List.of(host.packs().get(1).key()));
        Backup healed = backup();
        requireRootOfScan(healed);
        assertThat(database.read).isPositive();
        assertThat(host.drifts).isEmpty();
    }

    @Test
    void encryptedBackupsToo() throws IOException {
        host.encrypt(EncryptionKeys.ofPassword("a password of some length".toCharArray()));
        backup();
        host.restart();
        database.put(TreeHost.key(700), "new");
        requireRootOfScan(backup());
        assertThat(database.read).isBetween(1L, 400L);
    }

    @Test
    void aFullScanNowAndThenFindsWhatStampsHaveHidden() throws IOException {
        backup();
        host.clock.now = host.clock.now.plus(Duration.ofDays(3));
        database.entries.put(TreeHost.key(700), "nobody told");
        database.read = 0;
        Backup blind = host.backup(database);
        assertThat(host.read(blind)).doesNotContainValue("nobody told");
        assertThat(database.read).isZero();
        assertThat(host.drifts).isEmpty();

        host.restart();
        host.clock.now = host.clock.now.plus(Duration.ofDays(5));
        requireRootOfScan(backup());
        assertThat(database.read).isEqualTo(5_000);
        assertThat(host.drifts).containsExactly("items");

        host.clock.now = host.clock.now.plus(Duration.ofDays(6));
        requireRootOfScan(backup());
        assertThat(database.read).as("the scan counts").isZero();
        assertThat(host.drifts).hasSize(1);
    }

    @Test
    void aFullScanThatFindsWhatWasToldIsNoDrift() throws IOException {
        backup();
        host.clock.now = host.clock.now.plus(Duration.ofDays(8));
        database.put(TreeHost.key(700), "told");
        requireRootOfScan(backup());
        assertThat(database.read).isGreaterThanOrEqualTo(5_000);
        assertThat(host.drifts).isEmpty();
    }

    @Test
    void runsThatOverlapAreRefused() throws IOException {
        backup();
        database.overlapping = true;
        assertThatThrownBy(this::backup)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("database orders, set items");
    }

    @Test
    void anyHistoryGivesTheRootOfAScan() throws IOException {
        histories(1);
    }

    @Test
    @Tag("thorough")
    void anyOfSeveralHistoriesGivesTheRootOfAScan() throws IOException {
        histories(3);
    }

    private void histories(int runs) throws IOException {
        for (int run = 0; run < runs; run++) {
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            try (TreeHost each = new TreeHost(new MemoryStorageClient(), folder)) {
                host = each;
                each.packBytes = 16L << random.nextInt(10);
                each.restart();
                for (int round = 0; round < 10; round++) {
                    live(random);
                    database.lasting = random.nextInt(4) > 0;
                    Backup backup = each.backup(database);
                    assertThat(each.read(backup))
                            .as("seed %d, round %d", seed, round)
                            .isEqualTo(database.entries);
                    requireRootOfScan(backup);
                }
                assertThat(each.drifts).as("seed %d", seed).isEmpty();
            }
        }
    }

    private void live(Random random) throws IOException {
        for (int i = random.nextInt(20); i > 0; i--) {
            int from = random.nextInt(6_000);
            switch (random.nextInt(4)) {
                case 0 -> database.put(TreeHost.key(from) + "x", "y".repeat(random.nextInt(20_000)));
                case 1 -> database.remove(TreeHost.key(from));
                case 2 -> database.putOrders(from, from + random.nextInt(40), random.nextInt());
                default -> {
                    for (int key = from; key < from + random.nextInt(150); key++) {
                        database.remove(TreeHost.key(key));
                    }
                }
            }
        }
        for (var pack : host.packs()) {
            if (random.nextInt(15) == 0) {
                host.store.delete(List.of(pack.key()));
            }
        }
        if (random.nextInt(3) == 0) {
            host.clock.now = host.clock.now.plus(Duration.ofDays(4));
        }
        if (random.nextBoolean()) {
            host.restart();
        }
    }
}
