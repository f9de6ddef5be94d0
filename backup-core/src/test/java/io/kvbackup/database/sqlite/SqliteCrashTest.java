package io.kvbackup.database.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore that ends at any of its steps leaves the old or the new rows, in all tables alike. */
class SqliteCrashTest {
    private static final List<String> STEPS =
            List.of("staged", "first emptied", "first filled", "second emptied", "second filled", "committed");

    @TempDir
    private Path folder;

    @Test
    void aRestoreHasTheStepsAtWhichItIsCutShortHere() throws Exception {
        Path file = folder.resolve("counted.db");
        CrashingSqliteHost.writeOld(file, "WAL");
        List<String> steps = new ArrayList<>();
        CrashingSqliteHost.restore(file, steps::add);
        assertThat(steps).isEqualTo(STEPS);
        CrashingSqliteHost.assertState(file, true, "undisturbed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    @Tag("thorough")
    void t6_t20_aProcessThatEndsAtAnyStepLeavesTheOldOrTheNewRows(String journalMode) throws Exception {
        for (int i = 0; i < STEPS.size(); i++) {
            Path file = folder.resolve(journalMode + i + ".db");
            CrashingSqliteHost.writeOld(file, journalMode);
            assertThat(CrashingSqliteHost.run(file, i)).isEqualTo(CrashingSqliteHost.HALTED);

            CrashingSqliteHost.assertState(file, i == STEPS.size() - 1, "halted at " + STEPS.get(i));
        }
    }
}
