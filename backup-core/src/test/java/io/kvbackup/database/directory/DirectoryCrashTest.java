package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore that ends at any of its steps leaves the old or the new folder. */
class DirectoryCrashTest {
    private static final List<String> STEPS = List.of(
            "tree finished",
            "marker written",
            "marker in force",
            "all moved away",
            "new folder moved in",
            "marker removed");

    @TempDir
    private Path parent;

    private Path source;

    @BeforeEach
    void writeSource() throws IOException {
        source = CrashingFolderHost.write(parent.resolve("source"), "new");
    }

    @Test
    void aRestoreHasTheStepsAtWhichItIsCutShortHere() throws IOException {
        List<String> steps = new ArrayList<>();
        Path folder = old("counted");
        Folders.copy(
                DirectoryDatabase.of("s", source),
                DirectoryDatabase.builder("d", folder).steps(steps::add).build());
        assertThat(steps).isEqualTo(STEPS);
        assertThat(Folders.describe(folder)).isEqualTo(Folders.describe(source));
    }

    @Test
    @Tag("thorough")
    void t6_t20_aProcessThatEndsAtAnyStepLeavesTheOldOrTheNewFolder() throws Exception {
        for (int i = 0; i < STEPS.size(); i++) {
            Path folder = old("halted-" + i);
            assertThat(CrashingFolderHost.run(source, folder, "restore", i)).isEqualTo(CrashingFolderHost.HALTED);

            assertStateAfter(folder, i >= STEPS.indexOf("all moved away"), "halted at " + STEPS.get(i));
        }
    }

    @Test
    @Tag("thorough")
    void aProcessThatEndsWhileItLeavesAloneWhatIsExcludedDoesSo() throws Exception {
        List<String> steps = new ArrayList<>();
        Path counted = withExcluded("counted");
        Folders.copy(
                DirectoryDatabase.of("s", source),
                DirectoryDatabase.builder("d", counted)
                        .exclude(path -> path.startsWith("kept"))
                        .steps(steps::add)
                        .build());
        assertThat(steps)
                .startsWith("tree finished", "plan written", "marker written", "marker in force", "moved away")
                .contains("moved in")
                .endsWith("attributes set", "marker removed");
        int decision = steps.indexOf("all moved away");
        for (int i = decision - 2; i < steps.size(); i++) {
            Path folder = withExcluded("halted-" + i);
            assertThat(CrashingFolderHost.run(source, folder, "restore", i)).isEqualTo(CrashingFolderHost.HALTED);
            DirectoryDatabase.of("d", folder);

            String content = i >= decision ? "new" : "old";
            assertThat(folder.resolve("both")).as("step %d of %s", i, steps).hasContent(content);
            assertThat(Folders.describe(folder))
                    .as("step %d of %s", i, steps)
                    .containsOnlyKeys("", "both", "kept", "kept/file", "sub", "sub/" + content);
            assertThat(Files.exists(Staging.pathFor(folder))).isFalse();
        }
    }

    private Path withExcluded(String name) throws IOException {
        Path folder = old(name);
        Files.createDirectory(folder.resolve("kept"));
        Files.writeString(folder.resolve("kept/file"), "excluded");
        return folder;
    }

    @Test
    @Tag("thorough")
    void aProcessThatEndsAgainWhileItCompletesARestoreCompletesItLater() throws Exception {
        Path folder = old("again");
        int decision = STEPS.indexOf("all moved away");
        assertThat(CrashingFolderHost.run(source, folder, "restore", decision)).isEqualTo(CrashingFolderHost.HALTED);
        int halts = 0;
        while (CrashingFolderHost.run(source, folder, "recover", halts) == CrashingFolderHost.HALTED) {
            halts++;
        }

        // The first halt is after the move, the second after the marker's removal.
        assertThat(halts).isBetween(1, 2);
        assertStateAfter(folder, true, "halted " + halts + " times more");
    }

    /** An error that the process survives, at any step of a commit. */
    @Test
    void aCommitThatFailsLeavesTheOldFolderAndSaysSo() throws IOException {
        for (String failing : STEPS.subList(STEPS.indexOf("all moved away"), STEPS.indexOf("marker removed"))) {
            for (Path folder : List.of(old("failed at " + failing), parent.resolve("absent at " + failing))) {
                boolean wasThere = Folders.exists(folder);
                DirectoryDatabase database = DirectoryDatabase.builder("d", folder)
                        .steps(step -> {
                            if (step.equals(failing)) {
                                throw new IllegalStateException("on purpose");
                            }
                        })
                        .build();
                assertThatThrownBy(() -> Folders.copy(DirectoryDatabase.of("s", source), database))
                        .hasMessageContainingAll(folder.toString(), "nothing was changed", "on purpose");
                assertThat(Folders.exists(folder)).as(failing).isEqualTo(wasThere);
                assertThat(Staging.pathFor(folder)).doesNotExist();
                if (wasThere) {
                    assertStateAfter(folder, false, failing);
                }
            }
        }
    }

    @Test
    void aRestoreIntoNothingThatIsCutShortIsCompletedToo() throws Exception {
        Path folder = parent.resolve("absent");
        int decision = STEPS.indexOf("marker in force");
        assertThat(CrashingFolderHost.run(source, folder, "restore", decision)).isEqualTo(CrashingFolderHost.HALTED);
        assertThat(Folders.exists(folder)).isFalse();

        assertStateAfter(folder, true, "completed");
    }

    @Test
    void aSecondRestoreWaitsForTheFirst() throws IOException {
        Path folder = old("busy");
        DirectoryDatabase database = DirectoryDatabase.of("d", folder);
        try (var snapshot = DirectoryDatabase.of("s", source).openSnapshot();
                var first = database.beginRestore(snapshot.header())) {
            assertThatThrownBy(() -> DirectoryDatabase.of("e", folder).beginRestore(snapshot.header()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another");
            first.set("files");
        }
        assertStateAfter(folder, false, "closed");
    }

    private Path old(String name) throws IOException {
        return CrashingFolderHost.write(parent.resolve(name), "old");
    }

    private void assertStateAfter(Path folder, boolean decided, String when) throws IOException {
        DirectoryDatabase.of("d", folder);
        String content = decided ? "new" : "old";
        assertThat(folder.resolve("both")).as(when).hasContent(content);
        assertThat(Folders.describe(folder)).as(when).containsOnlyKeys("", "both", "sub", "sub/" + content);
        assertThat(Files.exists(Staging.pathFor(folder))).as(when).isFalse();
    }
}
