package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.mvstore.MvStoreDatabase;
import io.kvbackup.database.rocksdb.RocksDbDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/**
 * A host with a database in each engine, each of one value. As a process of its own it ends at a given moment of a
 * restore.
 */
final class HostOfManyEngines implements Closeable {
    static final List<String> NAMES = List.of("a-map", "b-folder", "c-mvstore", "d-rocksdb", "e-sqlite");
    static final int HALTED = 77;

    private static final MVMap.Builder<String, String> TYPES = new MVMap.Builder<>();

    private final Path folder;
    private final Map<String, String> map = new ConcurrentHashMap<>();
    private final MVStore store;
    private final Options options = new Options().setCreateIfMissing(true);
    private final RocksDB rocks;

    HostOfManyEngines(Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder.resolve("files"));
        store = MVStore.open(folder.resolve("items.mv").toString());
        rocks = RocksDB.open(options, folder.resolve("rocks").toString());
        sql("CREATE TABLE IF NOT EXISTS rows (k TEXT PRIMARY KEY NOT NULL, v TEXT NOT NULL) WITHOUT ROWID");
    }

    /** Arguments: the folder of the host, the backup, and the moment. */
    public static void main(String[] args) throws Exception {
        try (HostOfManyEngines host = new HostOfManyEngines(Path.of(args[0]));
                BackupManager manager = host.manager(what -> {
                    if (what.equals(args[2])) {
                        Runtime.getRuntime().halt(HALTED);
                    }
                })) {
            host.write("changed");
            manager.restoreAllDatabases(args[1]);
        }
    }

    BackupManager manager(PlacedDatabase.Moment moment) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(folder.resolveSibling("store").toUri().toString());
        List<Database> databases = List.of(
                MapDatabase.builder("a-map")
                        .set("s", map, Codec.utf8(), Codec.utf8())
                        .build(),
                DirectoryDatabase.of("b-folder", folder.resolve("files")),
                MvStoreDatabase.builder("c-mvstore", store)
                        .set("s", TYPES, Codec.utf8(), Codec.utf8())
                        .build(),
                RocksDbDatabase.builder("d-rocksdb", rocks).build(),
                SqliteDatabase.of("e-sqlite", folder.resolve("rows.db")));
        databases.forEach(each -> builder.database(new PlacedDatabase(each, moment)));
        return builder.build();
    }

    void write(String value) throws Exception {
        map.put("k", value);
        Files.writeString(folder.resolve("files/k"), value);
        store.openMap("s", TYPES).put("k", value);
        store.commit();
        rocks.put("k".getBytes(UTF_8), value.getBytes(UTF_8));
        sql("INSERT OR REPLACE INTO rows VALUES ('k', '" + value + "')");
    }

    Map<String, String> read() throws Exception {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("a-map", map.getOrDefault("k", "gone"));
        values.put("b-folder", Files.readString(folder.resolve("files/k")));
        values.put("c-mvstore", store.openMap("s", TYPES).get("k"));
        values.put("d-rocksdb", new String(rocks.get("k".getBytes(UTF_8)), UTF_8));
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT v FROM rows")) {
            values.put("e-sqlite", rows.getString(1));
        }
        return values;
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("rows.db"));
    }

    private void sql(String text) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Override
    public void close() {
        store.close();
        rocks.close();
        options.close();
    }
}
