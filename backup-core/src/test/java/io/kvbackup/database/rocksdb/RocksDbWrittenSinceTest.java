package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host that goes on writing after a restore was cut short between two column families. */
class RocksDbWrittenSinceTest {
    /** Where the host's writes are when the restore would be completed. */
    private enum Rest {
        IN_MEMORY,
        IN_A_NEW_FILE,
        IN_THE_LAST_LEVEL
    }

    @TempDir
    private Path folder;

    private Path database;

    @BeforeEach
    void create() throws Exception {
        database = folder.resolve("db");
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            CrashingHost.writeOld(rocks);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenToTheRestBetweenTwoSwapsIsNeverErased(Rest rest) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            failAfterTheFirst(rocks);
            write(rocks, "second", rest);

            assertRefused(rocks);
        }
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            assertRefused(rocks);
            Path staging = folder.resolve("db.kvbackup-orders");
            deleteAll(staging);

            rocks.builder().build();
            assertSame(rocks.read("second"), entries("c", "old", "later", "stays"), "after the restore was given up");
        }
    }

    @Test
    void aRestoreThatBeginsErasesNothingEither() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            RocksDbDatabase description = rocks.builder().build();
            failAfterTheFirst(rocks);
            write(rocks, "second", Rest.IN_MEMORY);
            try (var snapshot = description.openSnapshot()) {
                assertThatThrownBy(() -> description.beginRestore(snapshot.header()))
                        .isInstanceOf(IOException.class)
                        .hasMessageContainingAll("second", "written to since");
            }
            assertSame(rocks.read("second"), entries("c", "old", "later", "stays"), "live data");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenToAFamilyThatWasSwappedInStays(Rest rest) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            failAfterTheFirst(rocks);
            write(rocks, "first", rest);
        }
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            rocks.builder().build();
            assertThat(rocks.read("first")).hasSize(201).containsKey("later".getBytes(UTF_8));
            assertSame(rocks.read("second"), entries("d", "new"), "the rest");
            rocks.assertNothingStaged();
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherFamiliesOfTheSameRocksDbMayBeWrittenMeanwhile(Rest rest) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            failAfterTheFirst(rocks);
            write(rocks, "default", rest);
        }
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            rocks.builder().build();
            CrashingHost.assertNew(rocks, "completed");
            assertSame(rocks.read("default"), entries("later", "stays"), "the other family");
        }
    }

    @Test
    void aProcessThatEndsWhileOthersWriteIsCompleted() throws Exception {
        assertThat(CrashingHost.run(database, "restore", CrashingHost.step("first swapped in", folder)))
                .isEqualTo(CrashingHost.HALTED);
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            write(rocks, "default", Rest.IN_A_NEW_FILE);
            rocks.builder().build();
            CrashingHost.assertNew(rocks, "completed");
        }
    }

    /** However few they are, at whatever step the process ended, and wherever they are by then. */
    @Test
    @Tag("thorough")
    void whatIsWrittenBetweenACrashAndTheNextStartIsNeverErased() throws Exception {
        List<String> steps = CrashingHost.steps(folder);
        for (int i = steps.indexOf("marker in force"); i < steps.size(); i++) {
            Path crashed = Files.createDirectory(folder.resolve("crashed-" + i)).resolve("db");
            try (TestRocksDb rocks = new TestRocksDb(crashed)) {
                CrashingHost.writeOld(rocks);
            }
            assertThat(CrashingHost.run(crashed, "restore", i)).isEqualTo(CrashingHost.HALTED);
            for (int writes : new int[] {1, 3, 12}) {
                for (Rest rest : Rest.values()) {
                    String what = "halted at " + steps.get(i) + ", " + writes + " writes, " + rest;
                    Path copy = folder.resolve(what.replaceAll("\\W+", "-"));
                    copyAll(crashed.getParent(), copy);
                    assertWritesStay(copy.resolve("db"), writes, rest, what);
                }
            }
        }
    }

    private static void assertWritesStay(Path database, int writes, Rest rest, String what) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            List<Write> later = new ArrayList<>();
            for (int i = 0; i < writes; i++) {
                later.add(Write.put("second", "later " + i, "stays"));
            }
            rocks.write(later);
            write(rocks, "default", rest);
            write(rocks, "second", rest);
            try {
                rocks.builder().build();
            } catch (IOException e) {
                assertThat(e).as(what).hasMessageContainingAll("second", "written to since");
            }
            assertThat(rocks.read("second").keySet().stream().map(key -> new String(key, UTF_8)))
                    .as(what)
                    .contains("later", "later 0", "later " + (writes - 1));
        }
    }

    /** What RocksDB forgets in a crash makes its latest number go back, so that numbers come a second time. */
    @Test
    void writesWithNumbersThatRocksDbHadForgottenAreNotErased() throws Exception {
        Path other = Files.createDirectory(folder.resolve("forgetful")).resolve("db");
        assertThat(CrashingHost.run(other, "forget", CrashingHost.step("first swapped in", folder)))
                .isEqualTo(CrashingHost.HALTED);
        try (TestRocksDb rocks = new TestRocksDb(other)) {
            write(rocks, "second", Rest.IN_A_NEW_FILE);
            assertThatThrownBy(() -> rocks.builder().build()).hasMessageContainingAll("second", "written to since");
            assertThat(rocks.read("second")).containsKey("later".getBytes(UTF_8));
        }
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    private static void failAfterTheFirst(TestRocksDb rocks) {
        assertThatThrownBy(() -> CrashingHost.restore(rocks, step -> {
                    if (step.equals("first swapped in")) {
                        throw new IOException("disk on fire");
                    }
                }))
                .hasMessageContaining("1 of 2");
    }

    private static void write(TestRocksDb rocks, String family, Rest rest) throws Exception {
        rocks.write(List.of(Write.put(family, "later", "stays")));
        if (rest != Rest.IN_MEMORY) {
            rocks.flush(family);
        }
        if (rest == Rest.IN_THE_LAST_LEVEL) {
            rocks.db().compactRange(rocks.handle(family));
        }
    }

    private static void assertRefused(TestRocksDb rocks) throws Exception {
        assertThatThrownBy(() -> rocks.builder().build())
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("second", "written to since", "db.kvbackup-orders", "remove the folder");
        assertSame(rocks.read("second"), entries("c", "old", "later", "stays"), "live data");
    }

    private static void deleteAll(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            try (var children = Files.list(file)) {
                for (Path child : children.toList()) {
                    deleteAll(child);
                }
            }
        }
        Files.delete(file);
    }
}
