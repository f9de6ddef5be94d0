package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that writes to its folder after a restore was cut short, before it makes its database description. */
class FolderWrittenSinceTest {
    private static final Predicate<Path> NOTHING = path -> false;
    private static final Predicate<Path> KEPT = path -> path.startsWith("kept");
    private static final List<String> WRITES = List.of("both", "sub/old", "sub/later", "later", "sub");

    @TempDir
    private Path parent;

    private Path source;

    @BeforeEach
    void writeSource() throws IOException {
        source = CrashingFolderHost.write(parent.resolve("source"), "new");
    }

    /** Whatever it is, and at whatever step the process ended. */
    @Test
    void whatIsWrittenBetweenACrashAndTheNextStartIsNeverErased() throws Exception {
        assertThat(neverErased(NOTHING, "whole")).as("refused of whole folders").isGreaterThan(3);
    }

    @Test
    void whatIsWrittenBesideWhatIsExcludedIsNeverErasedEither() throws Exception {
        assertThat(neverErased(KEPT, "merged")).as("refused of folders that stay").isGreaterThan(3);
    }

    private int neverErased(Predicate<Path> excluded, String name) throws Exception {
        List<String> steps = steps(excluded, name);
        int refused = 0;
        for (int step = 0; step < steps.size(); step++) {
            for (String write : WRITES) {
                Path folder = halted(name + step + write.replace('/', '-'), excluded, step);
                Path written = write.equals("sub") ? folder.resolve("sub/more/file") : folder.resolve(write);
                Files.createDirectories(written.getParent());
                Files.writeString(written, "host");
                String when = name + ": " + write + " is written after a halt at " + steps.get(step);
                try {
                    DirectoryDatabase.builder("d", folder).exclude(KEPT).build();
                } catch (IOException e) {
                    assertThat(e).as(when).hasMessageContainingAll(folder.toString(), "written", "Keep what you need");
                    refused++;
                }
                assertThat(written).as(when).hasContent("host");
            }
        }
        return refused;
    }

    @Test
    void aRestoreThatBeginsErasesNothing() throws Exception {
        int decided = steps(NOTHING, "steps").indexOf("marker in force");
        Path folder = halted("begins", NOTHING, decided - 1);
        DirectoryDatabase database = DirectoryDatabase.of("d", folder);
        assertThat(CrashingFolderHost.run(source, folder, "restore", decided)).isEqualTo(CrashingFolderHost.HALTED);
        Files.writeString(folder.resolve("both"), "host");
        assertThatThrownBy(() -> Folders.copy(DirectoryDatabase.of("s", source), database))
                .hasMessageContainingAll(folder.toString(), "Keep what you need");
        assertThat(folder.resolve("both")).hasContent("host");
    }

    @Test
    void theRestoreCanBeGivenUpAsTheMessageSays() throws Exception {
        Path folder = halted("given-up", NOTHING, steps(NOTHING, "steps").indexOf("marker in force"));
        Files.writeString(folder.resolve("both"), "host");
        Path staging = Staging.pathFor(folder);
        assertThatThrownBy(() -> DirectoryDatabase.of("d", folder)).hasMessageContaining("remove " + staging);
        Files.move(staging, parent.resolve("removed"));
        Folders.copy(DirectoryDatabase.of("s", source), DirectoryDatabase.of("d", folder));
        assertThat(Folders.describe(folder)).isEqualTo(Folders.describe(source));
    }

    /** A host that makes its folders when it starts. */
    @Test
    void anEmptyFolderHoldsNothingThatCouldBeErased() throws Exception {
        Path folder = halted("empty", NOTHING, steps(NOTHING, "steps").indexOf("old folder moved away"));
        Files.createDirectory(folder);
        DirectoryDatabase.of("d", folder);
        assertThat(Folders.describe(folder)).isEqualTo(Folders.describe(source));
    }

    @Test
    void hardLinksOfWhichOneIsMovedAreNoWrites() throws Exception {
        Path folder = withKept("links");
        Files.createLink(folder.resolve("c-link"), folder.resolve("both"));
        Path counted = withKept("counted-links");
        Files.createLink(counted.resolve("c-link"), counted.resolve("both"));
        int moved = restoreSteps(counted, KEPT).indexOf("moved away");
        assertThat(CrashingFolderHost.run(source, folder, "restore", moved)).isEqualTo(CrashingFolderHost.HALTED);
        DirectoryDatabase.builder("d", folder).exclude(KEPT).build();
        assertThat(folder.resolve("both")).hasContent("new");
        assertThat(folder.resolve("c-link")).doesNotExist();
    }

    private Path halted(String name, Predicate<Path> excluded, int step) throws Exception {
        Path folder = excluded == KEPT ? withKept(name) : old(name);
        assertThat(CrashingFolderHost.run(source, folder, "restore", step)).isEqualTo(CrashingFolderHost.HALTED);
        return folder;
    }

    private List<String> steps(Predicate<Path> excluded, String name) throws IOException {
        return restoreSteps(excluded == KEPT ? withKept(name) : old(name), excluded);
    }

    private List<String> restoreSteps(Path folder, Predicate<Path> excluded) throws IOException {
        List<String> steps = new ArrayList<>();
        Folders.copy(
                DirectoryDatabase.of("s", source),
                DirectoryDatabase.builder("d", folder)
                        .exclude(excluded)
                        .steps(steps::add)
                        .build());
        return steps;
    }

    private Path old(String name) throws IOException {
        return CrashingFolderHost.write(parent.resolve(name), "old");
    }

    private Path withKept(String name) throws IOException {
        Path folder = old(name);
        Files.createDirectory(folder.resolve("kept"));
        Files.writeString(folder.resolve("kept/file"), "excluded");
        return folder;
    }
}
