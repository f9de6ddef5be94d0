package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackagesExampleTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @TempDir
    private Path work;

    @Test
    void everyRecordComesBackFromAFolder() throws Exception {
        assertThat(run()).as(report()).isZero();

        assertThat(report())
                .contains("9,063 records")
                .contains("verified: 9,063 entries")
                .containsPattern("\\d+ records deleted, \\d+ overwritten, 50 invented")
                .contains("now: 9,063 records equal, 0 missing or different, 0 too many")
                .endsWith("OK: every record is as it was." + System.lineSeparator());
        try (Stream<Path> stored = Files.walk(work.resolve("backups"))) {
            assertThat(stored.map(file -> file.getFileName().toString()))
                    .anyMatch(name -> name.endsWith(".cbor.zst"))
                    .anyMatch(name -> name.endsWith(".cbor.zst.manifest.json"));
        }
    }

    @Test
    @Tag("thorough")
    void everyRecordComesBackFromS3() {
        assertThat(run("--s3mock")).as(report()).isZero();

        assertThat(report())
                .contains("Backing up to s3://" + LoopbackS3.BUCKET)
                .doesNotContain("secretKey")
                .contains("OK: every record is as it was.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json.gz", "tar.zst"})
    void everyRecordComesBackInOtherFormats(String format) {
        assertThat(run("--format", format, "--storage", "mem:packages-example"))
                .as(report())
                .isZero();

        assertThat(report()).containsPattern("stored as backups/packages/\\S+\\." + format);
    }

    @Test
    @Tag("thorough")
    void everyRecordComesBackInTheSmallestFormat() {
        everyRecordComesBackInOtherFormats("json.xz");
    }

    @Test
    void aRepeatedRunStartsAfresh() {
        run();

        assertThat(run()).as(report()).isZero();
    }

    @Test
    void readsRecordsFromAFile() throws Exception {
        Path records = Files.writeString(work.resolve("mine.jsonl"), "{\"key\":\"a\",\"value\":{\"n\":1}}\n");

        assertThat(run(records.toString())).as(report()).isZero();

        assertThat(report()).contains("1 records").contains("OK");
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Path records = Files.writeString(work.resolve("mine.jsonl"), "{\"key\":1}\n");

        assertThat(run(records.toString())).isEqualTo(1);

        assertThat(report()).contains("FAILED").contains("mine.jsonl, line 1");
    }

    @Test
    void wrongArgumentsAreRefused() {
        assertThat(run("--nonsense")).isEqualTo(2);
        assertThat(run("--format", "xml")).isEqualTo(1);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--work", work.toString()));
        all.addAll(List.of(arguments));
        return new PackagesExample(new PrintStream(printed, true, StandardCharsets.UTF_8))
                .run(all.toArray(String[]::new));
    }

    private String report() {
        return printed.toString(StandardCharsets.UTF_8);
    }
}
