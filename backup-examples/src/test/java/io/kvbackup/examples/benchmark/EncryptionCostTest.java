package io.kvbackup.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionCostTest {
    private static final String SUMMARY =
            "median \\d+\\.\\d\\d, half of 4 rounds between \\d+\\.\\d\\d and \\d+\\.\\d\\d\\R";

    @TempDir
    private Path work;

    @Test
    void reportsARatioForBackupAndRestore() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        int exitCode = EncryptionCost.run(
                out, "--entries", "1000", "--rounds", "4", "--warm-ups", "1", "--work", work.toString());

        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(report).isZero();
        for (String what : new String[] {"backup", "restore"}) {
            assertThat(report)
                    .containsPattern("(?m)^encrypted " + what + " / " + what + ": speed " + SUMMARY)
                    .containsPattern("(?m)^encrypted " + what + " / " + what + ": processor time " + SUMMARY);
        }
    }
}
