package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProofExamplesTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void verifiesAndTellsHowThingsStand(@TempDir Path folder) throws Exception {
        new VerifyAndHealth(out).run(folder);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("{packages={packages=9063}}")
                .contains("Verification[level=DRILL")
                .contains("verified 1 backups in")
                .contains("1 good, 0 failed, 0 left")
                .contains("packages: newest backup Optional[PT")
                .doesNotContain("failed:");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .as("the scratch databases are gone")
                    .containsExactlyInAnyOrderElementsOf(List.of("database", "backups"));
        }
    }

    @Test
    void copiesWritesToTwoStoresAndMigrates(@TempDir Path folder) throws Exception {
        new CopyToSecondStore(out).run(folder);

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("THROUGH_THIS_PROCESS", "own: true", "offsite: true", "moved: {a=apple}");
    }
}
