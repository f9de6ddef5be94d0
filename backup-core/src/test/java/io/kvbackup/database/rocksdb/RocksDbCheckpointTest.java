package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RocksDbCheckpointTest {
    @TempDir
    private Path folder;

    @Test
    void theFilesOfACheckpointOpenElsewhereAsTheDatabaseWasAtOneInstant() throws Exception {
        NavigableMap<byte[], byte[]> first = DatabaseContents.empty();
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            first.putAll(DatabaseContents.entries("key " + i, "value " + i));
        }
        first.forEach((key, value) -> writes.add(Write.put("first", key, value)));
        writes.add(Write.put("second", "only", "in memory"));
        Path fresh = folder.resolve("restored/db");
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            rocks.write(writes);
            Database database = RocksDbCheckpoint.of("orders", rocks.db(), fresh);
            try (DatabaseSnapshot snapshot = database.openSnapshot();
                    DatabaseRestore restore = database.beginRestore(snapshot.header())) {
                rocks.write(List.of(Write.delete("first", "key 1"), Write.put("second", "later", "x")));
                for (String set : snapshot.header().sets().keySet()) {
                    snapshot.readEntries(set, KeyRange.all(), restore.set(set));
                }
                restore.commit();
            }
        }

        try (TestRocksDb restored = new TestRocksDb(fresh)) {
            assertSame(restored.read("first"), first, "first");
            assertSame(restored.read("second"), DatabaseContents.entries("only", "in memory"), "second");
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("db", "restored");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nobodyElseMayEnterTheCopy() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"));
                DatabaseSnapshot snapshot = RocksDbCheckpoint.of("orders", rocks.db(), folder.resolve("fresh"))
                        .openSnapshot();
                Stream<Path> beside = Files.list(folder)) {
            Path copy = beside.filter(path -> !path.endsWith("db")).findFirst().orElseThrow();
            assertThat(Files.getPosixFilePermissions(copy)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(snapshot.header().sets()).isNotEmpty();
        }
        assertThat(folder.toFile().list()).containsExactly("db");
    }

    @Test
    void filesThatRocksDbCompactsAwayMeanwhileAreReadAllTheSame() throws Exception {
        Path fresh = folder.resolve("restored/db");
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            rocks.write(List.of(Write.put("first", "a", "1"), Write.put("first", "b", "2")));
            Database database = RocksDbCheckpoint.of("orders", rocks.db(), fresh);
            try (DatabaseSnapshot snapshot = database.openSnapshot();
                    DatabaseRestore restore = database.beginRestore(snapshot.header())) {
                rocks.write(List.of(Write.put("first", "a", "later"), Write.put("first", "c", "later")));
                rocks.flush("first");
                rocks.db().compactRange(rocks.handle("first"));
                for (String set : snapshot.header().sets().keySet()) {
                    snapshot.readEntries(set, KeyRange.all(), restore.set(set));
                }
                restore.commit();
            }
        }

        try (TestRocksDb restored = new TestRocksDb(fresh)) {
            assertSame(restored.read("first"), DatabaseContents.entries("a", "1", "b", "2"), "first");
        }
    }
}
