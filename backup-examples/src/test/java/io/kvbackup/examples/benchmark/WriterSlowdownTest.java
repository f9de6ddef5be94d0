package io.kvbackup.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.examples.engine.EngineKind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterSlowdownTest {
    @TempDir
    private Path work;

    @Test
    @Tag("thorough")
    void reportsARatioForEachEngine() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

        int exitCode = WriterSlowdown.run(
                out, "--entries", "3000", "--files", "100", "--rounds", "1", "--work", work.toString());

        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exitCode).as(report).isZero();
        for (EngineKind kind : EngineKind.values()) {
            assertThat(report)
                    .containsPattern(
                            "(?m)^" + kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                                    + " +[\\d,]+ +[\\d,]+ +\\d+\\.\\d\\d +\\d+\\.\\d\\d$");
        }
    }
}
