package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.push;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.database.contract.Write;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore of some keys of two column families, cut short at every step. */
class RocksDbPartialRestoreTest {
    private static final KeyRange FROM_B_TO_D = new KeyRange("b".getBytes(UTF_8), "d".getBytes(UTF_8));

    @TempDir
    private Path folder;

    private static void fill(TestRocksDb rocks) throws Exception {
        for (String family : List.of("first", "second")) {
            rocks.write(List.of(
                    Write.put(family, "a", "live"),
                    Write.put(family, "b", "live"),
                    Write.put(family, "bb", "live"),
                    Write.put(family, "d", "live")));
        }
    }

    private static void restore(TestRocksDb rocks, CommitSteps steps) throws Exception {
        RocksDbDatabase database = rocks.builder().steps(steps).build();
        try (DatabaseSnapshot snapshot = database.openSnapshot();
                DatabaseRestore restore = database.beginPartialRestore(snapshot.header(), FROM_B_TO_D)
                        .orElseThrow()) {
            for (String family : List.of("first", "second")) {
                push(entries("a", "new", "b", "new", "c", "new", "d", "new"), restore.set(family));
            }
            restore.commit();
        }
    }

    private static void assertFamily(TestRocksDb rocks, String family, boolean restored, String what) throws Exception {
        assertSame(
                rocks.read(family),
                restored
                        ? entries("a", "live", "b", "new", "c", "new", "d", "live")
                        : entries("a", "live", "b", "live", "bb", "live", "d", "live"),
                what + ", " + family);
    }

    @Test
    void whatIsDecidedIsCompletedWithoutTouchingOtherKeys() throws Exception {
        List<String> steps = new ArrayList<>();
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("counted"))) {
            fill(rocks);
            restore(rocks, steps::add);
            assertFamily(rocks, "first", true, "undisturbed");
            assertFamily(rocks, "second", true, "undisturbed");
        }
        for (int i = 0; i < steps.size(); i++) {
            String what = "failed at " + steps.get(i);
            Path path = folder.resolve("db" + i);
            try (TestRocksDb rocks = new TestRocksDb(path)) {
                fill(rocks);
                int[] left = {i};
                assertThatThrownBy(() -> restore(rocks, step -> {
                            if (left[0]-- == 0) {
                                // Errors pass by what takes a commit back, as a crash does.
                                throw new AssertionError("crash");
                            }
                        }))
                        .isInstanceOf(Throwable.class);
            }
            try (TestRocksDb rocks = new TestRocksDb(path)) {
                rocks.builder().build();
                boolean restored = rocks.db().get(rocks.handle("second"), "c".getBytes(UTF_8)) != null;
                assertThat(restored || i < steps.indexOf("first ingested"))
                        .as(what)
                        .isTrue();
                assertFamily(rocks, "first", restored, what);
                assertFamily(rocks, "second", restored, what);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deletions of first written", "deletions of second written", "marker written"})
    void aHostThatWritesWhatIsBeingRestoredIsToldAndKeepsEverything(String when) throws Exception {
        for (String key : List.of("bb", "cc")) {
            Path path = folder.resolve(key);
            try (TestRocksDb rocks = new TestRocksDb(path)) {
                fill(rocks);
                assertThatThrownBy(() -> restore(rocks, step -> {
                            if (step.equals(when)) {
                                write(rocks, key);
                            }
                        }))
                        .isInstanceOf(IOException.class)
                        .hasMessageContainingAll("first", "nothing was changed", "stop what writes");
                assertThat(rocks.read("first"))
                        .containsKeys("a".getBytes(UTF_8), "b".getBytes(UTF_8), "bb".getBytes(UTF_8));
                assertThat(rocks.read("first").get(key.getBytes(UTF_8))).isEqualTo("later".getBytes(UTF_8));
                assertFamily(rocks, "second", false, when);
                rocks.assertNothingStaged();

                restore(rocks, step -> {});
                assertFamily(rocks, "first", true, "when nobody writes");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deletions of first written", "marker in force", "first ingested", "second swapped in"})
    void otherKeysMayBeWrittenAllTheTime(String when) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            fill(rocks);
            restore(rocks, step -> {
                if (step.equals(when)) {
                    write(rocks, "z");
                }
            });
            rocks.write(List.of(Write.delete("first", "z")));
            assertFamily(rocks, "first", true, when);
            assertFamily(rocks, "second", true, when);
        }
    }

    @Test
    void aWholeRestoreIsRefusedIfItWouldLeaveWhatIsWrittenMeanwhile() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            fill(rocks);
            RocksDbDatabase database = rocks.builder()
                    .steps(step -> {
                        if (step.equals("deletions of first written")) {
                            write(rocks, "z");
                        }
                    })
                    .build();
            var copy = DatabaseContents.of(database);
            DatabaseBackup header;
            try (DatabaseSnapshot snapshot = database.openSnapshot()) {
                header = snapshot.header();
            }
            assertThatThrownBy(() -> DatabaseContents.restore(database, header, copy))
                    .isInstanceOf(IOException.class)
                    .hasMessageContainingAll("first", "nothing was changed", "stop what writes");
            assertThat(rocks.read("first")).hasSize(5);
        }
    }

    /** Compactions write the number 0 to old entries, and move them to new files. */
    @Test
    void aCompactionDuringTheCommitIsNoWrite() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            fill(rocks);
            restore(rocks, step -> {
                if (step.startsWith("deletions of") || step.equals("marker written")) {
                    compact(rocks);
                }
            });
            assertFamily(rocks, "first", true, "compacted");
            assertFamily(rocks, "second", true, "compacted");
        }
    }

    private static void compact(TestRocksDb rocks) {
        try {
            for (String family : List.of("first", "second")) {
                rocks.write(List.of(Write.put("default", "other", "x")));
                rocks.flush("default");
                rocks.db().compactRange(rocks.handle(family));
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void write(TestRocksDb rocks, String key) {
        try {
            rocks.write(List.of(Write.put("first", key, "later")));
        } catch (Exception e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
