package io.kvbackup.database.rocksdb;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that ends at any of its steps leaves the old or the new state, in all families alike. */
class RocksDbCrashTest {
    private static final String DECISION = "marker in force";

    @TempDir
    private Path folder;

    @Test
    @Tag("thorough")
    void t6_t20_aProcessThatEndsAtAnyStepLeavesTheOldOrTheNewState() throws Exception {
        List<String> steps = stepsOfARestore();
        for (int i = 0; i < steps.size(); i++) {
            Path database = oldDatabase("halted-" + i);
            assertThat(CrashingHost.run(database, "restore", i)).isEqualTo(CrashingHost.HALTED);

            assertStateAfter(database, steps.subList(0, i + 1).contains(DECISION), "halted at " + steps.get(i));
        }
    }

    @Test
    @Tag("thorough")
    void aProcessThatEndsAgainWhileItCompletesARestoreCompletesItLater() throws Exception {
        int decision = stepsOfARestore().indexOf(DECISION);
        Path database = oldDatabase("again");
        assertThat(CrashingHost.run(database, "restore", decision)).isEqualTo(CrashingHost.HALTED);
        int halts = 0;
        while (CrashingHost.run(database, "recover", halts) == CrashingHost.HALTED) {
            halts++;
        }

        assertThat(halts)
                .as("steps of the completion, which goes on after the first family when that is done")
                .isEqualTo(7);
        assertStateAfter(database, true, "halted " + halts + " times more");
    }

    @Test
    void aFailureAtAnyStepUndoesTheRestoreOrSaysThatItFollows() throws Exception {
        List<String> steps = stepsOfARestore();
        int firstSwap = steps.indexOf("first ingested");
        for (int i = 0; i < steps.indexOf("second ingested"); i++) {
            Path database = oldDatabase("failed-" + i);
            String failing = steps.get(i);
            try (TestRocksDb rocks = new TestRocksDb(database)) {
                assertThatThrownBy(() -> CrashingHost.restore(rocks, step -> {
                            if (step.equals(failing)) {
                                throw new IOException("disk on fire");
                            }
                        }))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("disk on fire")
                        .hasMessageContaining(i >= firstSwap ? "the rest follows" : "");
                if (i < firstSwap) {
                    CrashingHost.assertOld(rocks, "failed at " + failing);
                    rocks.assertNothingStaged();
                }
            }
            assertStateAfter(database, i >= firstSwap, "failed at " + failing);
        }
    }

    @Test
    void aFailureAfterTheLastSwapIsASuccessThatErasesNoLaterWrites() throws Exception {
        Path database = oldDatabase("swapped");
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            CrashingHost.restore(rocks, step -> {
                if (step.equals("second swapped in")) {
                    throw new IOException("disk on fire");
                }
            });
            CrashingHost.assertNew(rocks, "failed after the last swap");
            rocks.assertNothingStaged();
            rocks.write(List.of(Write.put("second", "later", "stays")));
        }
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            rocks.builder().build();
            assertSame(rocks.read("second"), entries("d", "new", "later", "stays"), "after the next start");
        }
    }

    @Test
    void aRestoreThatBeginsCompletesTheDecidedOneBefore() throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(oldDatabase("next"))) {
            RocksDbDatabase database = rocks.builder().build();
            assertThatThrownBy(() -> CrashingHost.restore(rocks, step -> {
                        if (step.equals("first swapped in")) {
                            throw new IOException("disk on fire");
                        }
                    }))
                    .hasMessageContaining("1 of 2");
            try (var snapshot = database.openSnapshot()) {
                database.beginRestore(snapshot.header()).close();
            }

            CrashingHost.assertNew(rocks, "after the next restore began");
            rocks.assertNothingStaged();
        }
    }

    private List<String> stepsOfARestore() throws Exception {
        List<String> steps = new ArrayList<>();
        try (TestRocksDb rocks = new TestRocksDb(oldDatabase("counted"))) {
            CrashingHost.restore(rocks, steps::add);
            CrashingHost.assertNew(rocks, "undisturbed");
        }
        assertThat(steps)
                .containsExactly(
                        "first staged",
                        "second staged",
                        "deletions of first written",
                        "deletions of second written",
                        "marker written",
                        DECISION,
                        "first linked",
                        "first ingested",
                        "first swapped in",
                        "second linked",
                        "second ingested",
                        "second swapped in",
                        "marker removed");
        return steps;
    }

    private Path oldDatabase(String name) throws Exception {
        Path database = folder.resolve(name).resolve("db");
        assertThat(database.getParent().toFile().mkdir()).isTrue();
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            CrashingHost.writeOld(rocks);
        }
        return database;
    }

    private static void assertStateAfter(Path database, boolean decided, String when) throws Exception {
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            rocks.builder().build();
            if (decided) {
                CrashingHost.assertNew(rocks, when);
            } else {
                CrashingHost.assertOld(rocks, when);
            }
            rocks.assertNothingStaged();
        }
    }
}
