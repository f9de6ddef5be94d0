package io.kvbackup.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupBenchmarkTest {
    @TempDir
    private Path work;

    /** The phases of ours run with a heap of 64 MiB, which the database does not fit into. */
    @Test
    @Tag("thorough")
    void reportsEveryPhaseAndEveryRatio() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        int exitCode = BackupBenchmark.run(out, "--entries", "360000", "--runs", "1", "--work", work.toString());

        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(report).isZero();
        assertThat(report)
                .doesNotContain("did not finish")
                .containsPattern("backup / naive: \\d+\\.\\d\\d")
                .containsPattern("backup / scan: \\d+\\.\\d\\d")
                .containsPattern("backup / adapter scan: \\d+\\.\\d\\d")
                .containsPattern("encrypted backup / backup: \\d+\\.\\d\\d")
                .containsPattern("encrypted restore / restore: \\d+\\.\\d\\d");
        for (Phase phase : Phase.values()) {
            assertThat(report).containsPattern(phase.title() + " +360,000 entries");
        }
    }

    @Test
    @Tag("soak")
    void aDatabaseLargerThanTheHeapGoesThroughAnS3Server() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        int exitCode =
                BackupBenchmark.run(out, "--s3mock", "--entries", "360000", "--runs", "1", "--work", work.toString());

        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(report).isZero();
        assertThat(report)
                .doesNotContain("did not finish")
                .containsPattern(Phase.RESTORE.title() + " +360,000 entries");
    }

    @Test
    void entriesAreOfTheSizeThatIsSaid() {
        BenchmarkValues values = new BenchmarkValues(1);

        for (int i = 0; i < 100; i++) {
            assertThat(BenchmarkValues.key(i).length + values.next().length)
                    .as("entry " + i)
                    .isBetween(180, 200);
        }
    }
}
