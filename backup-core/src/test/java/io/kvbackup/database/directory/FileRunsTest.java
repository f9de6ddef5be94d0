package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FileRunsTest {
    @TempDir
    private Path folder;

    private Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1));

    private Map<KeyRange, byte[]> runs() throws IOException {
        Map<KeyRange, byte[]> runs = new LinkedHashMap<>();
        DirectoryDatabase database =
                DirectoryDatabase.builder("files", folder).clock(clock).build();
        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.runs(DirectoryDatabase.FILES)).isEmpty();
            DatabaseSnapshot.Runs all = snapshot.runs(DirectoryDatabase.BLOCKS).orElseThrow();
            assertThat(all.areLasting()).isTrue();
            all.read(runs::put);
            snapshot.readEntries(
                    DirectoryDatabase.BLOCKS,
                    KeyRange.all(),
                    (key, value) -> assertThat(runs.keySet().stream().filter(run -> run.contains(key)))
                            .hasSize(1));
        }
        return runs;
    }

    private byte[] stamp() throws IOException {
        return runs().values().iterator().next();
    }

    @Test
    void eachFileIsARunAndKeepsItsStamp() throws IOException {
        Files.write(folder.resolve("a"), new byte[] {1});
        Files.createDirectory(folder.resolve("b"));
        byte[] large = new byte[3 << 20];
        large[2 << 20] = 1;
        large[5] = 1;
        Files.write(folder.resolve("b/large"), large);
        Files.createFile(folder.resolve("empty"));
        Map<KeyRange, byte[]> runs = runs();
        assertThat(runs.keySet()).hasSize(2);
        assertThat(runs.values()).noneMatch(stamp -> stamp.length == 0);
        Map<KeyRange, byte[]> again = runs();
        assertThat(again.keySet()).isEqualTo(runs.keySet());
        runs.forEach((keys, stamp) -> assertThat(again.get(keys)).isEqualTo(stamp));
    }

    @Test
    void anyChangeShows() throws IOException {
        Path file = Files.write(folder.resolve("a"), new byte[] {1});
        byte[] first = stamp();
        FileTime time = Files.getLastModifiedTime(file);
        Files.write(file, new byte[] {2});
        Files.setLastModifiedTime(file, time);
        assertThat(stamp())
                .as("its time was set back, which itself leaves a trace")
                .isNotEqualTo(first);
        byte[] second = stamp();
        Path other = Files.write(folder.resolve("other"), new byte[] {3});
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(stamp()).as("another file of the same size and time").isNotEqualTo(second);
    }

    @Test
    void aFileThatWasWrittenJustNowHasNone() throws IOException {
        Path file = Files.write(folder.resolve("a"), new byte[] {1});
        Instant written = Files.getLastModifiedTime(file).toInstant();
        clock = Clock.fixed(written.plusMillis(1_999), ZoneOffset.UTC);
        assertThat(stamp()).isEmpty();
        clock = Clock.fixed(written.plusMillis(2_500), ZoneOffset.UTC);
        assertThat(stamp()).isNotEmpty();
        Files.setLastModifiedTime(file, FileTime.from(written.plus(Duration.ofDays(1))));
        assertThat(stamp()).as("from the future").isEmpty();
    }
}
