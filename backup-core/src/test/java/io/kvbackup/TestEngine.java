package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;

/** A host's database of the sets {@code items} and {@code notes}, of bytes, in one of the engines. */
interface TestEngine extends AutoCloseable {
    List<String> SETS = List.of("items", "notes");

    enum Kind {
        ROCKSDB,
        MVSTORE,
        SQLITE,
        MAP;

        /** @param folder there is nothing of this name in it */
        TestEngine open(Path folder, String name) throws Exception {
            return switch (this) {
                case ROCKSDB -> new OfRocksDb(folder, name);
                case MVSTORE -> new OfMvStore(folder, name);
                case SQLITE -> new OfSqlite(folder, name);
                case MAP -> new OfMaps(name);
            };
        }
    }

    Database database();

    void put(String set, byte[] key, byte[] value) throws Exception;

    default void put(String set, String key, String value) throws Exception {
        put(set, key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    final class OfRocksDb implements TestEngine {
        private final DBOptions options =
                new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        private final List<ColumnFamilyHandle> handles = new ArrayList<>();
        private final RocksDB rocks;
        private final Database database;

        OfRocksDb(Path folder, String name) throws Exception {
            List<ColumnFamilyDescriptor> families = new ArrayList<>();
            for (String family : List.of("default", "items", "notes")) {
                families.add(new ColumnFamilyDescriptor(family.getBytes(UTF_8)));
            }
            rocks = RocksDB.open(options, folder.resolve(name + ".rocks").toString(), families, handles);
            database = RocksDbDatabase.builder(name, rocks, handles.get(1), handles.get(2))
                    .build();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void put(String set, byte[] key, byte[] value) throws Exception {
            rocks.put(handles.get(1 + SETS.indexOf(set)), key, value);
        }

        @Override
        public void close() {
            handles.forEach(ColumnFamilyHandle::close);
            rocks.close();
            options.close();
        }
    }

    final class OfMvStore implements TestEngine {
        private final MVMap.Builder<byte[], byte[]> types = new MVMap.Builder<>();
        private final MVStore store;
        private final Database database;

        OfMvStore(Path folder, String name) throws Exception {
            store = MVStore.open(folder.resolve(name + ".mv").toString());
            database = MvStoreDatabase.builder(name, store)
                    .set("items", types, Codec.bytes(), Codec.bytes())
                    .set("notes", types, Codec.bytes(), Codec.bytes())
                    .build();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void put(String set, byte[] key, byte[] value) {
            store.openMap(set, types).put(key, value);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    /** With one connection, as hosts have one for writing. */
    final class OfSqlite implements TestEngine {
        private final Connection connection;
        private final Database database;

        OfSqlite(Path folder, String name) throws Exception {
            Path file = folder.resolve(name + ".db");
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = OFF");
                for (String set : SETS) {
                    statement.execute("CREATE TABLE " + set + " (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
                }
            }
            database = SqliteDatabase.of(name, file);
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public synchronized void put(String set, byte[] key, byte[] value) throws Exception {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT OR REPLACE INTO " + set + " VALUES (?, ?)")) {
                insert.setBytes(1, key);
                insert.setBytes(2, value);
                insert.executeUpdate();
            }
        }

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }

    final class OfMaps implements TestEngine {
        private final Map<String, Map<byte[], byte[]>> maps = new HashMap<>();
        private final Database database;

        OfMaps(String name) {
            MapDatabase.Builder builder = MapDatabase.builder(name);
            for (String set : SETS) {
                ConcurrentSkipListMap<byte[], byte[]> map = new ConcurrentSkipListMap<>(Arrays::compareUnsigned);
                maps.put(set, map);
                builder.set(set, map, Codec.bytes(), Codec.bytes());
            }
            database = builder.build();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void put(String set, byte[] key, byte[] value) {
            maps.get(set).put(key, value);
        }

        @Override
        public void close() {}
    }
}
