package io.kvbackup.examples.folders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain folders of backups, what may be removed, and what a crash leaves. */
class GenerationsTest {
    private static final LocalDate FIRST = LocalDate.of(2026, 1, 1);

    @TempDir
    private Path folder;

    private Path backups;
    private Path states;

    @BeforeEach
    void create() throws IOException {
        backups = Files.createDirectories(folder.resolve("backups"));
        states = folder.resolve("states");
        configure(1);
    }

    private void configure(int keep) throws IOException {
        Files.writeString(
                folder.resolve("config.ini"), "[a_b]\nsource=source\ndest=backups/dest\nkeep_count=" + keep + "\n");
    }

    /** As at the begin of a job or after a restart: with what the files say. */
    private Generations generations() throws IOException {
        ConfigFile config = new ConfigFile(folder.resolve("config.ini"));
        return new Generations(config.find("a_b").orElseThrow(), config, states);
    }

    private void publish(String content, LocalDate day) throws IOException {
        makeFresh(content);
        generations().publish(day);
    }

    private void makeFresh(String content) throws IOException {
        Files.createDirectories(backups.resolve(".dest.fresh"));
        Files.writeString(backups.resolve(".dest.fresh/file"), content);
    }

    private List<String> folders() throws IOException {
        try (Stream<Path> all = Files.list(backups)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private Path file(String generation) {
        return backups.resolve(generation).resolve("file");
    }

    @Test
    void aFolderThatWasThereBeforeIsKeptWhateverTheCountSays() throws IOException {
        configure(0);
        Files.createDirectories(backups.resolve("dest"));
        Files.writeString(file("dest"), "by hand");

        publish("1", FIRST);
        publish("2", FIRST.plusDays(1));
        publish("3", FIRST.plusDays(2));

        assertThat(folders()).containsExactly("dest", "dest_20260101");
        assertThat(file("dest")).hasContent("3");
        assertThat(file("dest_20260101")).hasContent("by hand");
    }

    @Test
    void aFolderOfSomebodyElseIsNeverReplaced() throws IOException {
        publish("1", FIRST);
        Files.createDirectories(backups.resolve("dest_20260101"));
        Files.writeString(file("dest_20260101"), "by hand");
        makeFresh("2");

        assertThatThrownBy(() -> generations().publish(FIRST.plusDays(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("move it elsewhere");
        assertThat(file("dest")).hasContent("1");
        assertThat(file("dest_20260101")).hasContent("by hand");
    }

    @Test
    void aCrashAfterTheOldFolderWasMovedAwayIsCompleted() throws IOException {
        publish("1", FIRST);
        publish("2", FIRST.plusDays(1));
        makeFresh("3");
        // What the record says, and where the folder is, right before the fresh one is moved in.
        Path record = states.resolve("a_b.properties");
        Files.writeString(record, Files.readString(record) + "fresh.day=20260103\nolder=dest_20260101/dest_20260102\n");
        Files.move(backups.resolve("dest"), backups.resolve("dest_20260102"));

        generations().recover();

        assertThat(folders()).containsExactly("dest", "dest_20260101", "dest_20260102");
        assertThat(file("dest")).hasContent("3");
        assertThat(Files.readString(folder.resolve("config.ini"))).contains("date_last = 20260103");
        publish("4", FIRST.plusDays(3));
        assertThat(folders()).containsExactly("dest", "dest_20260103");
        assertThat(file("dest_20260103")).hasContent("3");
    }

    @Test
    void aCrashBeforeLeavesTheOldFolder() throws IOException {
        publish("1", FIRST);
        makeFresh("2");

        generations().recover();

        assertThat(file("dest")).hasContent("1");
        publish("3", FIRST.plusDays(1));
        assertThat(file("dest")).hasContent("3");
    }
}
