package io.kvbackup.database;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** What one engine holds fits into every other, and comes back the same. */
class CrossEngineTest {
    private static final long SEED = 2026;
    private static final String SET = "default";

    @TempDir
    private Path folder;

    @Test
    void aRoundOverAllPairsOfEnginesIsTheIdentity() throws Exception {
        NavigableMap<byte[], byte[]> expected = random();
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB rocks = RocksDB.open(options, folder.resolve("rocks").toString());
                MVStore store = MVStore.open(folder.resolve("store.mv").toString())) {
            for (var entry : expected.entrySet()) {
                rocks.put(entry.getKey(), entry.getValue());
            }
            List<Database> engines = engines(rocks, store);
            Database at = engines.get(0);
            for (int next : tour(engines.size())) {
                copy(at, engines.get(next));
                at = engines.get(next);
                assertSame(DatabaseContents.of(at).get(SET), expected, "seed " + SEED + ", at last in " + at);
                clearAllBut(engines, at);
            }
        }
    }

    private List<Database> engines(RocksDB rocks, MVStore store) throws IOException, SQLException {
        Path file = folder.resolve("lite.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE \"default\" (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
        }
        MVMap.Builder<byte[], byte[]> types = new MVMap.Builder<>();
        return List.of(
                RocksDbDatabase.builder("rocks", rocks).build(),
                MvStoreDatabase.builder("store", store)
                        .set(SET, types, Codec.bytes(), Codec.bytes())
                        .build(),
                MapDatabase.builder("map")
                        .set(
                                SET,
                                new ConcurrentSkipListMap<byte[], byte[]>(Arrays::compareUnsigned),
                                Codec.bytes(),
                                Codec.bytes())
                        .build(),
                SqliteDatabase.of("lite", file));
    }

    /** Goes from each engine to each other one, and ends where it began. */
    private static List<Integer> tour(int engines) {
        List<Integer> tour = new ArrayList<>();
        for (int from = 0; from < engines; from++) {
            for (int to = from + 1; to < engines; to++) {
                tour.add(to);
                tour.add(from);
            }
            tour.add((from + 1) % engines);
        }
        return tour;
    }

    private static void copy(Database from, Database to) throws IOException {
        try (DatabaseSnapshot snapshot = from.openSnapshot();
                DatabaseRestore restore = to.beginRestore(snapshot.header().withName(to.name()))) {
            snapshot.readEntries(SET, KeyRange.all(), restore.set(SET));
            restore.commit();
        }
    }

    /** So that what is found later has really been brought. */
    private static void clearAllBut(List<Database> engines, Database kept) throws IOException {
        for (Database engine : engines) {
            if (engine != kept) {
                DatabaseContents.restore(engine, headerOf(engine), Map.of());
            }
        }
    }

    private static DatabaseBackup headerOf(Database engine) throws IOException {
        try (DatabaseSnapshot snapshot = engine.openSnapshot()) {
            return snapshot.header();
        }
    }

    private static NavigableMap<byte[], byte[]> random() {
        Random random = new Random(SEED);
        NavigableMap<byte[], byte[]> entries = DatabaseContents.empty();
        entries.put(new byte[0], new byte[0]);
        for (int i = 0; i < 3_000; i++) {
            byte[] key = new byte[random.nextInt(1, 50)];
            byte[] value = new byte[random.nextInt(50) == 0 ? random.nextInt(100_000) : random.nextInt(300)];
            random.nextBytes(key);
            random.nextBytes(value);
            entries.put(key, value);
        }
        return entries;
    }
}
