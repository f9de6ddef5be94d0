package io.kvbackup.replication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** A host's database of the sets {@code items} and {@code notes}, in an engine that has a log of its own. */
interface LoggedEngine extends AutoCloseable {
    List<String> SETS = List.of("items", "notes");

    enum Kind {
        ROCKSDB,
        MVSTORE,
        SQLITE;

        /** Opens what the folder has of this name, or makes it. */
        LoggedEngine open(Path folder, String name) throws Exception {
            return switch (this) {
                case ROCKSDB -> new OfRocksDb(folder, name);
                case MVSTORE -> new OfMvStore(folder, name);
                case SQLITE -> new OfSqlite(folder, name);
            };
        }
    }

    /**
     * A part of a commit.
     *
     * @param end if there is one, everything from the key up to it goes
     * @param value without it and an end, the key goes
     */
    record Change(
            String set,
            String key,
            @Nullable String end,
            @Nullable String value) {
        void applyTo(NavigableMap<String, String> entries) {
            if (end != null) {
                entries.subMap(key, end).clear();
            } else if (value != null) {
                entries.put(key, value);
            } else {
                entries.remove(key);
            }
        }
    }

    Database database();

    /** All or none. */
    void commit(List<Change> changes) throws Exception;

    NavigableMap<String, String> read(String set) throws Exception;

    final class OfRocksDb implements LoggedEngine {
        private final DBOptions options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalTtlSeconds(3600);
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

        private ColumnFamilyHandle handle(String set) {
            return handles.get(1 + SETS.indexOf(set));
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void commit(List<Change> changes) throws Exception {
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions writing = new WriteOptions()) {
                for (Change change : changes) {
                    byte[] key = change.key().getBytes(UTF_8);
                    if (change.end() != null) {
                        batch.deleteRange(
                                handle(change.set()), key, change.end().getBytes(UTF_8));
                    } else if (change.value() != null) {
                        batch.put(handle(change.set()), key, change.value().getBytes(UTF_8));
                    } else {
                        batch.delete(handle(change.set()), key);
                    }
                }
                rocks.write(writing, batch);
            }
        }

        /** Brings an entry past the log; the sequence number stays if nothing of the set is in memory. */
        void ingest(Path folder, String set, String key, String value) throws Exception {
            String file = folder.resolve("ingested.sst").toString();
            try (EnvOptions env = new EnvOptions();
                    Options like = new Options();
                    SstFileWriter writer = new SstFileWriter(env, like);
                    IngestExternalFileOptions ingestion = new IngestExternalFileOptions()) {
                writer.open(file);
                writer.put(key.getBytes(UTF_8), value.getBytes(UTF_8));
                writer.finish();
                rocks.ingestExternalFile(handle(set), List.of(file), ingestion.setMoveFiles(true));
            }
        }

        long sequence() {
            return rocks.getLatestSequenceNumber();
        }

        @Override
        public NavigableMap<String, String> read(String set) throws Exception {
            NavigableMap<String, String> entries = new TreeMap<>();
            try (RocksIterator position = rocks.newIterator(handle(set))) {
                for (position.seekToFirst(); position.isValid(); position.next()) {
                    entries.put(new String(position.key(), UTF_8), new String(position.value(), UTF_8));
                }
                position.status();
            }
            return entries;
        }

        @Override
        public void close() {
            handles.forEach(ColumnFamilyHandle::close);
            rocks.close();
            options.close();
        }
    }

    final class OfMvStore implements LoggedEngine {
        private final MVMap.Builder<String, String> types = new MVMap.Builder<>();
        private final ReentrantLock lock = new ReentrantLock();
        private final MVStore store;
        private final Database database;

        OfMvStore(Path folder, String name) throws Exception {
            store = MVStore.open(folder.resolve(name + ".mv").toString());
            MvStoreDatabase.Builder builder =
                    MvStoreDatabase.builder(name, store).lock(lock);
            for (String set : SETS) {
                builder.set(set, types, Codec.utf8(), Codec.utf8());
            }
            database = builder.build();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void commit(List<Change> changes) {
            lock.lock();
            try {
                for (Change change : changes) {
                    MVMap<String, String> map = store.openMap(change.set(), types);
                    if (change.end() != null) {
                        for (String key = map.ceilingKey(change.key());
                                key != null && key.compareTo(change.end()) < 0;
                                key = map.higherKey(key)) {
                            map.remove(key);
                        }
                    } else if (change.value() != null) {
                        map.put(change.key(), change.value());
                    } else {
                        map.remove(change.key());
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public NavigableMap<String, String> read(String set) {
            return new TreeMap<>(store.openMap(set, types));
        }

        @Override
        public void close() {
            store.close();
        }
    }

    final class OfSqlite implements LoggedEngine {
        private final Connection connection;
        private final Database database;

        OfSqlite(Path folder, String name) throws Exception {
            Path file = folder.resolve(name + ".db");
            connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = OFF");
                for (String set : SETS) {
                    statement.execute(
                            "CREATE TABLE IF NOT EXISTS " + set + " (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
                }
            }
            database = SqliteDatabase.of(name, file).withChangeLog();
        }

        @Override
        public Database database() {
            return database;
        }

        @Override
        public void commit(List<Change> changes) throws Exception {
            try (Statement transaction = connection.createStatement()) {
                transaction.execute("BEGIN IMMEDIATE");
                for (Change change : changes) {
                    if (change.end() != null) {
                        run("DELETE FROM " + change.set() + " WHERE k >= ? AND k < ?", change.key(), change.end());
                    } else if (change.value() != null) {
                        run("INSERT OR REPLACE INTO " + change.set() + " VALUES (?, ?)", change.key(), change.value());
                    } else {
                        run("DELETE FROM " + change.set() + " WHERE k = ?", change.key());
                    }
                }
                transaction.execute("COMMIT");
            }
        }

        private void run(String sql, String... values) throws Exception {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setBytes(i + 1, values[i].getBytes(UTF_8));
                }
                statement.executeUpdate();
            }
        }

        @Override
        public NavigableMap<String, String> read(String set) throws Exception {
            NavigableMap<String, String> entries = new TreeMap<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT k, v FROM " + set)) {
                while (rows.next()) {
                    entries.put(new String(rows.getBytes(1), UTF_8), new String(rows.getBytes(2), UTF_8));
                }
            }
            return entries;
        }

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }
}
