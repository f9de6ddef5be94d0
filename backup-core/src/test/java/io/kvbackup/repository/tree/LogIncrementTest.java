package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.WrappedDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.model.Backup;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.SstFileWriter;

/** Of a database with a change log, a base reads only what lies around changed keys. */
class LogIncrementTest {
    private static final int ENTRIES = 5_000;

    @Nested
    class OfRocksDb extends Increments {
        private Options options;
        private RocksDB rocks;
        private ColumnFamilyHandle items;

        @Override
        Database open(Path folder) throws Exception {
            options = new Options().setCreateIfMissing(true).setWalTtlSeconds(3600);
            rocks = RocksDB.open(options, folder.resolve("db").toString());
            items = rocks.createColumnFamily(new ColumnFamilyDescriptor("items".getBytes(UTF_8)));
            return RocksDbDatabase.builder("orders", rocks, items).build();
        }

        @Override
        void closeEngine() {
            items.close();
            rocks.close();
            options.close();
        }

        @Override
        void write(String key, String value) throws Exception {
            if (value == null) {
                rocks.delete(items, key.getBytes(UTF_8));
            } else {
                rocks.put(items, key.getBytes(UTF_8), value.getBytes(UTF_8));
            }
        }

        @Test
        void whatCameWithoutARecordIsFoundByAScan() throws Exception {
            backup();
            String file = folder.resolve("ingested.sst").toString();
            try (EnvOptions env = new EnvOptions();
                    SstFileWriter writer = new SstFileWriter(env, options);
                    IngestExternalFileOptions ingestion = new IngestExternalFileOptions()) {
                writer.open(file);
                writer.put("zz".getBytes(UTF_8), "ingested".getBytes(UTF_8));
                writer.finish();
                rocks.ingestExternalFile(items, List.of(file), ingestion);
            }
            model.put("zz", "ingested");
            backup();
            assertThat(read).isGreaterThan(ENTRIES);
        }

        @Test
        void aRangeThatWasDeletedIsKnown() throws Exception {
            backup();
            byte[] from = TreeHost.key(1_000).getBytes(UTF_8);
            byte[] to = TreeHost.key(2_000).getBytes(UTF_8);
            rocks.deleteRange(items, from, to);
            model.subMap(TreeHost.key(1_000), TreeHost.key(2_000)).clear();
            backup();
            assertThat(read).isBetween(1L, 1_000L);
        }
    }

    @Nested
    class OfSqlite extends Increments {
        private Connection connection;

        @Override
        Database open(Path folder) throws Exception {
            connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("db"));
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA journal_mode = WAL");
                statement.execute("PRAGMA synchronous = OFF");
                statement.execute("CREATE TABLE items (k TEXT PRIMARY KEY NOT NULL, v TEXT NOT NULL) WITHOUT ROWID");
            }
            return SqliteDatabase.of("orders", folder.resolve("db")).withChangeLog();
        }

        @Override
        void closeEngine() throws Exception {
            connection.close();
        }

        @Override
        void write(String key, String value) throws Exception {
            try (PreparedStatement statement = connection.prepareStatement(
                    value == null ? "DELETE FROM items WHERE k = ?" : "REPLACE INTO items VALUES (?, ?)")) {
                statement.setString(1, key);
                if (value != null) {
                    statement.setString(2, value);
                }
                statement.executeUpdate();
            }
        }
    }

    abstract static class Increments {
        @TempDir
        Path folder;

        final TreeMap<String, String> model = new TreeMap<>();
        long read;
        private Database database;
        private TreeHost host;

        abstract Database open(Path folder) throws Exception;

        abstract void closeEngine() throws Exception;

        abstract void write(String key, String value) throws Exception;

        @BeforeEach
        void fill() throws Exception {
            host = new TreeHost(new MemoryStorageClient(), folder);
            host.chunkSize = OptionalInt.of(Chunker.DEFAULT_SIZE);
            host.restart();
            database = open(folder);
            for (int i = 0; i < ENTRIES; i++) {
                change(TreeHost.key(i), TreeHost.value(i, 0));
            }
        }

        @AfterEach
        void close() throws Exception {
            host.close();
            closeEngine();
        }

        void change(String key, String value) throws Exception {
            write(key, value);
            if (value == null) {
                model.remove(key);
            } else {
                model.put(key, value);
            }
        }

        /** Takes a base, and compares it with what was written and with the tree of a scan. */
        Backup backup() throws Exception {
            read = 0;
            BackupWriter.Request plain = host.request();
            BackupWriter.ReplicatedLog log = new BackupWriter.ReplicatedLog(
                            database.changeLog().orElseThrow().history(), "0000000a-00112233445566ff")
                    .of(database);
            BackupWriter.Request request = new BackupWriter.Request(
                    plain.folder(),
                    plain.databases(),
                    plain.shape(),
                    plain.chain(),
                    plain.temporary(),
                    plain.spool(),
                    plain.reuse(),
                    plain.tags(),
                    plain.listener(),
                    plain.mayCommit(),
                    plain.stamp(),
                    Optional.of(log));
            Backup backup = host.writer().write(request, () -> SnapshotGroup.open(List.of(new Counting()), host.clock));
            assertThat(host.read(backup)).isEqualTo(model);
            try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
                fresh.items.putAll(model);
                assertThat(host.root(backup)).isEqualTo(fresh.root(fresh.backup()));
            }
            return backup;
        }

        @Test
        void nothingIsReadIfNothingChanged() throws Exception {
            backup();
            assertThat(read).isGreaterThanOrEqualTo(ENTRIES);
            backup();
            assertThat(read).isZero();
        }

        @Test
        void aFewKeysCostAFewChunks() throws Exception {
            backup();
            change(TreeHost.key(700), "new");
            change(TreeHost.key(3_000), null);
            change(TreeHost.key(3_000) + "x", "inserted");
            change("z", "appended");
            backup();
            assertThat(read).isBetween(4L, 600L);
        }

        @Test
        void anotherProcessGoesOnFromTheManifest() throws Exception {
            backup();
            host.restart();
            change(TreeHost.key(700), "new");
            backup();
            assertThat(read).isBetween(1L, 600L);
        }

        @Test
        void afterABackupWithoutAPositionAllIsRead() throws Exception {
            backup();
            host.backup(database);
            change(TreeHost.key(700), "new");
            backup();
            assertThat(read).isGreaterThanOrEqualTo(ENTRIES);
        }

        @Test
        void aBaseByTheLogIsThatOfAScan() throws Exception {
            long seed = new Random().nextLong();
            System.out.println("aBaseByTheLogIsThatOfAScan: seed " + seed);
            Random random = new Random(seed);
            for (int round = 0; round < 6; round++) {
                for (int i = random.nextInt(60); i > 0; i--) {
                    int key = random.nextInt(ENTRIES + 500);
                    change(TreeHost.key(key), random.nextInt(3) == 0 ? null : TreeHost.value(key, random.nextInt()));
                }
                if (random.nextInt(4) == 0) {
                    host.fullScanEvery = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(7);
                    host.restart();
                }
                assertThat(backup()).as("seed %d, round %d", seed, round).isNotNull();
            }
            assertThat(host.drifts).isEmpty();
        }

        /** Counts what is read. */
        private final class Counting extends WrappedDatabase {
            Counting() {
                super(database);
            }

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
        }
    }
}
