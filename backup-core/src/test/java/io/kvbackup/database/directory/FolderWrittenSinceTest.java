package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that writes to its folder after a restore was cut short, before it makes its database description. */
class FolderWrittenSinceTest {
    private static final List<String> WRITES =
            List.of("both", "sub/old", "sub/new", "deep/both/file", "later", "deep/later", "more/file");

    /** What is excluded. */
    private enum Rule implements Predicate<Path> {
        NOTHING,
        KEPT;

        @Override
        public boolean test(Path path) {
            return this == KEPT && path.endsWith("kept");
        }
    }

    /** Ends a restore at one of its steps, as a crash does: nothing is undone. */
    private static final class Cut extends Error {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    private Path parent;

    private Path source;

    @BeforeEach
    void writeSource() throws IOException {
        source = folder("source", "new");
    }

    private Path folder(String name, String content) throws IOException {
        Path folder = CrashingFolderHost.write(parent.resolve(name), content);
        Files.createDirectories(folder.resolve("deep/both"));
        Files.writeString(folder.resolve("deep/both/file"), content);
        Files.createLink(folder.resolve("linked"), folder.resolve("both"));
        Files.writeString(folder.resolve("deep").resolve("only-" + content), content);
        return folder;
    }

    private Path live(String name, Rule excluded) throws IOException {
        Path folder = folder(name, "old");
        if (excluded == Rule.KEPT) {
            Files.writeString(folder.resolve("kept"), "excluded");
            Files.writeString(folder.resolve("deep/kept"), "excluded");
        }
        return folder;
    }

    @Test
    @Tag("thorough")
    void whatIsWrittenBetweenACrashAndTheNextStartIsNeverErased() throws IOException {
        assertThat(refusals(Rule.NOTHING)).as("refused of whole folders").isPositive();
    }

    @Test
    @Tag("thorough")
    void whatIsWrittenBesideWhatIsExcludedIsNeverErasedEither() throws IOException {
        assertThat(refusals(Rule.KEPT)).as("refused of folders that stay").isPositive();
    }

    /** Whatever is written, and at whatever step the process ended. */
    private int refusals(Rule excluded) throws IOException {
        int count = steps(excluded).size();
        int refused = 0;
        for (String write : WRITES) {
            Set<Map<String, String>> expected = new HashSet<>();
            Path restored = live("restored-" + write.replace('/', '-'), excluded);
            restore(restored, excluded, Integer.MAX_VALUE);
            for (Path each : List.of(live("old-" + write.replace('/', '-'), excluded), restored)) {
                expected.add(contents(each));
                write(each, write);
                expected.add(contents(each));
            }
            for (int step = 0; step < count; step++) {
                Path folder = live("halted-" + step + "-" + write.replace('/', '-'), excluded);
                String when = write + " is written after " + restore(folder, excluded, step);
                boolean isRefused = isRefused(folder, excluded, write(folder, write), when);
                assertThat(expected).as(when).contains(contents(folder));
                refused += isRefused ? 1 : 0;
            }
        }
        return refused;
    }

    /** Tells whether the host is told; then it moves away what the message names, and is not told any more. */
    private boolean isRefused(Path folder, Rule excluded, Path written, String when) throws IOException {
        Throwable refusal = catchThrowable(() -> database(folder, excluded, CommitSteps.IGNORED));
        assertThat(written).as(when).hasContent("host");
        if (refusal == null) {
            return false;
        }
        assertThat(refusal).as(when).isInstanceOf(IOException.class).hasMessageContaining("move this elsewhere");
        Path named = written;
        while (!refusal.getMessage().contains("wrote " + named + ",")) {
            assertThat(named).as("%s: %s", when, refusal).isNotEqualTo(folder);
            named = named.getParent();
        }
        Path aside = Files.createDirectories(parent.resolve("aside")).resolve(folder.getFileName());
        Files.move(named, aside);
        database(folder, excluded, CommitSteps.IGNORED);
        assertThat(aside.resolve(named.relativize(written))).as(when).hasContent("host");
        return true;
    }

    @Test
    void aRestoreThatBeginsErasesNothing() throws IOException {
        Path folder = live("begins", Rule.NOTHING);
        DirectoryDatabase database = database(folder, Rule.NOTHING, CommitSteps.IGNORED);
        restore(folder, Rule.NOTHING, steps(Rule.NOTHING).indexOf("all moved away"));
        write(folder, "both");
        assertThatThrownBy(() -> Folders.copy(DirectoryDatabase.of("s", source), database))
                .hasMessageContainingAll(folder.toString(), "move this elsewhere");
        assertThat(contents(folder)).isEqualTo(Map.of("both", "host"));
    }

    /** A host that makes its folders when it starts. */
    @Test
    void anEmptyFolderHoldsNothingThatCouldBeErased() throws IOException {
        Path folder = live("empty", Rule.NOTHING);
        restore(folder, Rule.NOTHING, steps(Rule.NOTHING).indexOf("all moved away"));
        Files.createDirectory(folder);
        database(folder, Rule.NOTHING, CommitSteps.IGNORED);
        assertThat(Folders.describe(folder)).isEqualTo(Folders.describe(source));
    }

    @Test
    void aFolderThatTheHostMakesWhereNoneWasStays() throws IOException {
        Path folder = parent.resolve("absent");
        restore(folder, Rule.NOTHING, steps(Rule.NOTHING).indexOf("marker in force"));
        write(folder, "both");
        database(folder, Rule.NOTHING, CommitSteps.IGNORED);
        assertThat(contents(folder)).isEqualTo(Map.of("both", "host"));
        assertThat(Staging.pathFor(folder)).doesNotExist();
    }

    /** Each folder that gets attributes, each parent of what is moved. */
    @Test
    void foldersThatTheHostRemovesAreMadeAgain() throws IOException {
        List<String> steps = steps(Rule.KEPT);
        for (int step = steps.indexOf("all moved away"); step < steps.size() - 1; step++) {
            Path folder = live("removed-" + step, Rule.KEPT);
            restore(folder, Rule.KEPT, step);
            Files.move(folder.resolve("deep"), parent.resolve("deep-" + step));
            database(folder, Rule.KEPT, CommitSteps.IGNORED);
            assertThat(contents(folder)).as("after %s", steps.subList(0, step)).containsEntry("both", "new");
            assertThat(Staging.pathFor(folder)).doesNotExist();
        }
    }

    private List<String> steps(Rule excluded) throws IOException {
        return restore(live("counted", excluded), excluded, Integer.MAX_VALUE);
    }

    /** Ends before the step of the given number. */
    private List<String> restore(Path folder, Rule excluded, int end) throws IOException {
        List<String> steps = new ArrayList<>();
        try {
            Folders.copy(DirectoryDatabase.of("s", source), database(folder, excluded, step -> {
                steps.add(step);
                if (steps.size() > end) {
                    throw new Cut();
                }
            }));
        } catch (Cut e) {
            assertThat(steps).hasSize(end + 1);
        }
        return steps;
    }

    private static DirectoryDatabase database(Path folder, Rule excluded, CommitSteps steps) throws IOException {
        return DirectoryDatabase.builder("d", folder)
                .exclude(excluded)
                .sync(file -> {})
                .steps(steps)
                .build();
    }

    private static Path write(Path folder, String path) throws IOException {
        Path written = folder.resolve(path);
        Files.createDirectories(written.getParent());
        return Files.writeString(written, "host");
    }

    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), Files.readString(file));
            }
        }
        return contents;
    }
}
