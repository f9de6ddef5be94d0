package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.WrappedDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.LongDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of an MVStore only pages that are new are read, as long as it stays open. */
class MvStoreIncrementTest {
    private static final int ENTRIES = 5_000;

    @TempDir
    private Path folder;

    private MVStore store;
    private MVMap<String, String> items;
    private Database database;
    private TreeHost host;
    private long read;

    @BeforeEach
    void open() throws IOException {
        host = new TreeHost(new MemoryStorageClient(), folder);
        host.chunkSize = OptionalInt.of(Chunker.DEFAULT_SIZE);
        host.restart();
        openStore();
        for (int i = 0; i < ENTRIES; i++) {
            items.put(TreeHost.key(i), TreeHost.value(i, 0));
        }
    }

    private void openStore() throws IOException {
        store = MVStore.open(folder.resolve("db").toString());
        items = store.openMap("items", types());
        database = MvStoreDatabase.builder("orders", store)
                .set("items", types(), Codec.utf8(), Codec.utf8())
                .build();
    }

    private static MVMap.Builder<String, String> types() {
        return new MVMap.Builder<String, String>()
                .keyType(StringDataType.INSTANCE)
                .valueType(StringDataType.INSTANCE);
    }

    @AfterEach
    void close() {
        store.closeImmediately();
        host.close();
    }

    /** Makes a backup, and compares it with the map and with the tree of a scan. */
    private Backup backup() throws IOException {
        read = 0;
        Backup backup = host.backup(counting(database));
        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(items));
        try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            fresh.items.putAll(items);
            assertThat(host.root(backup)).isEqualTo(fresh.root(fresh.backup()));
        }
        return backup;
    }

    private Database counting(Database counted) {
        return new WrappedDatabase(counted) {
            @Override
            protected DatabaseSnapshot wrap(DatabaseSnapshot snapshot) {
                return new Snapshot(snapshot) {
                    @Override
                    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                        super.readEntries(set, range, (key, value) -> {
                            read++;
                            to.visit(key, value);
                        });
                    }
                };
            }
        };
    }

    @Test
    void nothingIsReadIfNothingChanged() throws IOException {
        backup();
        assertThat(read).isGreaterThanOrEqualTo(ENTRIES);
        backup();
        assertThat(read).isZero();
    }

    @Test
    void aFewKeysCostAFewPages() throws IOException {
        backup();
        items.put(TreeHost.key(700), "new");
        items.remove(TreeHost.key(3_000));
        items.put(TreeHost.key(3_000) + "x", "inserted");
        items.put("z", "appended");
        backup();
        assertThat(read).isBetween(4L, 1_000L);
    }

    @Test
    void wholePagesMayGo() throws IOException {
        backup();
        for (int i = 1_000; i < 2_500; i++) {
            items.remove(TreeHost.key(i));
        }
        backup();
        for (String key : items.keySet().toArray(String[]::new)) {
            items.remove(key);
        }
        items.put("a", "b");
        backup();
    }

    @Test
    void positionsMeanNothingAfterTheStoreWasOpenedAgain() throws IOException {
        backup();
        store.close();
        openStore();
        items.put(TreeHost.key(700), "new");
        backup();
        assertThat(read).isEqualTo(ENTRIES);
    }

    @Test
    void keysInAnotherOrderAreSortedAndReadAsBefore() throws IOException {
        MVMap<Long, String> numbers = store.openMap(
                "numbers",
                new MVMap.Builder<Long, String>().keyType(LongDataType.INSTANCE).valueType(StringDataType.INSTANCE));
        for (long i = 0; i < 2_000; i++) {
            numbers.put(i, "value " + i);
        }
        Database byText = MvStoreDatabase.builder("orders", store)
                .set(
                        "numbers",
                        new MVMap.Builder<Long, String>()
                                .keyType(LongDataType.INSTANCE)
                                .valueType(StringDataType.INSTANCE),
                        Codec.of(
                                io.kvbackup.model.Encoding.TEXT,
                                number -> number.toString().getBytes(UTF_8),
                                bytes -> Long.valueOf(new String(bytes, UTF_8))),
                        Codec.utf8())
                .build();
        try (DatabaseSnapshot snapshot = byText.openSnapshot()) {
            assertThat(snapshot.runs("numbers")).isEmpty();
        }
        TreeMap<String, String> expected = new TreeMap<>();
        numbers.forEach((key, value) -> expected.put(key.toString(), value));
        assertThat(host.read(host.backup(byText), "numbers")).isEqualTo(expected);
        numbers.put(70L, "new");
        expected.put("70", "new");
        assertThat(host.read(host.backup(byText), "numbers")).isEqualTo(expected);
    }

    /** A map whose order is that of its encoded keys until a key comes that is not. */
    @Test
    void aKeyOutOfOrderIsNoticedWhenItComes() throws IOException {
        backup();
        items.put(TreeHost.key(700) + "\ud83d\ude00", "as UTF-16 this is before");
        items.put(TreeHost.key(700) + "\uff5e", "as UTF-8 this is before");
        backup();
        items.remove(TreeHost.key(700) + "\uff5e");
        backup();
        backup();
        assertThat(read).isZero();
    }

    @Test
    void anyHistoryGivesTheRootOfAScan() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 8; round++) {
            for (int i = random.nextInt(30); i > 0; i--) {
                int from = random.nextInt(6_000);
                int to = from + random.nextInt(random.nextInt(3) == 0 ? 400 : 10);
                for (int key = from; key < to; key++) {
                    if (i % 3 == 0) {
                        items.remove(TreeHost.key(key));
                    } else {
                        items.put(TreeHost.key(key), TreeHost.value(key, random.nextInt()));
                    }
                }
            }
            switch (random.nextInt(4)) {
                case 0 -> store.compactFile(20);
                case 1 -> store.commit();
                case 2 -> host.restart();
                default -> {}
            }
            assertThat(backup()).as("seed %d, round %d", seed, round).isNotNull();
        }
        assertThat(host.drifts).isEmpty();
    }
}
