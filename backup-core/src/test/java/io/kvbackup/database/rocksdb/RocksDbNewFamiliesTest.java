package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.BuiltinComparator;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** Restores into a RocksDB that has not the column families of the backup. */
class RocksDbNewFamiliesTest {
    private static final DatabaseBackup HEADER = DatabaseBackup.of(
            "orders",
            new SetBackup("default", Encoding.BINARY, Encoding.BINARY),
            new SetBackup("items", Encoding.TEXT, Encoding.JSON),
            new SetBackup("users", Encoding.BINARY, Encoding.BINARY));

    @TempDir
    private Path folder;

    private final ColumnFamilyOptions plain = new ColumnFamilyOptions();
    private final List<ColumnFamilyHandle> created = new ArrayList<>();
    private Options options;
    private RocksDB db;

    @BeforeEach
    void open() throws Exception {
        options = new Options().setCreateIfMissing(true);
        db = RocksDB.open(options, folder.resolve("db").toString());
    }

    @AfterEach
    void close() {
        created.forEach(ColumnFamilyHandle::close);
        db.close();
        options.close();
        plain.close();
    }

    private RocksDbDatabase.Builder builder() {
        return RocksDbDatabase.builder("orders", db).createFamilies(name -> plain, created::add);
    }

    private List<String> families() throws Exception {
        return RocksDB.listColumnFamilies(options, folder.resolve("db").toString()).stream()
                .map(name -> new String(name, UTF_8))
                .toList();
    }

    private static List<String> names(List<ColumnFamilyHandle> handles) throws Exception {
        List<String> names = new ArrayList<>();
        for (ColumnFamilyHandle handle : handles) {
            names.add(new String(handle.getName(), UTF_8));
        }
        return names;
    }

    @Test
    void areCreatedAndAreSetsFromThenOn() throws Exception {
        RocksDbDatabase database = builder().build();
        restore(database, HEADER, Map.of("items", entries("a", "1"), "default", entries("b", "2")));

        assertThat(names(created)).containsExactly("items", "users");
        assertThat(families()).containsExactly("default", "items", "users");
        assertThat(DatabaseContents.of(database)).containsOnlyKeys("default", "items", "users");
        assertSame(DatabaseContents.of(database).get("items"), entries("a", "1"), "restored");
        assertThat(database.openSnapshot()).satisfies(snapshot -> {
            assertThat(snapshot.header()).isEqualTo(HEADER);
            snapshot.close();
        });
        db.put(created.get(1), "c".getBytes(UTF_8), "3".getBytes(UTF_8));
        assertSame(DatabaseContents.of(database).get("users"), entries("c", "3"), "written by the host");

        restore(database, HEADER, Map.of("items", entries("a", "2")));
        assertThat(created).as("those are there now").hasSize(2);
        assertSame(DatabaseContents.of(database).get("items"), entries("a", "2"), "restored again");
    }

    @Test
    void areDroppedAgainIfTheRestoreIsGivenUp() throws Exception {
        RocksDbDatabase database = builder().build();
        try (DatabaseRestore restore = database.beginRestore(HEADER)) {
            restore.set("items").visit("a".getBytes(UTF_8), "1".getBytes(UTF_8));
            assertThat(families()).contains("items");
        }
        assertThat(families()).containsExactly("default");
        assertThat(created).isEmpty();
        assertThat(DatabaseContents.of(database)).containsOnlyKeys("default");
        restore(database, HEADER, Map.of("items", entries("a", "1")));
        assertThat(names(created)).containsExactly("items", "users");
    }

    @Test
    void areDroppedAgainIfTheCommitFailsBeforeItIsDecided() throws Exception {
        RocksDbDatabase database = builder()
                .steps(step -> {
                    if (step.equals("users staged") || step.startsWith("deletions of items")) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .build();
        assertThatThrownBy(() -> restore(database, HEADER, Map.of("items", entries("a", "1"))))
                .hasMessage("on purpose");
        assertThat(families()).containsExactly("default");
        assertThat(created).isEmpty();
    }

    @Test
    void areKeptIfTheRestoreIsDecided() throws Exception {
        RocksDbDatabase database = builder()
                .steps(step -> {
                    if (step.equals("default swapped in")) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .build();
        assertThatThrownBy(() ->
                        restore(database, HEADER, Map.of("items", entries("a", "1"), "default", entries("b", "2"))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the rest follows");
        assertThat(names(created)).containsExactly("items", "users");
        RocksDbDatabase again = RocksDbDatabase.builder(
                        "orders", db, db.getDefaultColumnFamily(), created.get(0), created.get(1))
                .build();
        assertSame(DatabaseContents.of(again).get("items"), entries("a", "1"), "completed");
    }

    @Test
    void inAnotherOrderAreRefused() throws Exception {
        try (ColumnFamilyOptions reversed =
                new ColumnFamilyOptions().setComparator(BuiltinComparator.REVERSE_BYTEWISE_COMPARATOR)) {
            RocksDbDatabase database = RocksDbDatabase.builder("orders", db)
                    .createFamilies(name -> name.equals("users") ? reversed : plain, created::add)
                    .build();
            assertThatThrownBy(() -> database.beginRestore(HEADER))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("users is ordered by");
        }
        assertThat(families()).containsExactly("default");
    }

    @Test
    void areRefusedUnlessAskedFor() throws Exception {
        RocksDbDatabase database = RocksDbDatabase.builder("orders", db).build();
        assertThatThrownBy(() -> database.beginRestore(HEADER))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("[items, users]", "createFamilies");
        assertThat(families()).containsExactly("default");
    }
}
