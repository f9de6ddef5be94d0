package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random folders, of which random parts are restored: what is named is as in the backup, and everything else, also what
 * is excluded, is as it was, whether the restore succeeds, fails or is cut short and completed.
 */
@DisabledOnOs(OS.WINDOWS)
class FolderRestorePropertyTest {
    /** What is excluded. */
    private enum Rule implements Predicate<Path> {
        NOTHING,
        OWN_AND_TEMPORARY;

        @Override
        public boolean test(Path path) {
            return this == OWN_AND_TEMPORARY
                    && (path.endsWith("own") || path.toString().endsWith(".tmp"));
        }
    }

    /** Ends a restore at one of its steps, as a crash does: nothing is undone. */
    private static final class Cut extends Error {
        private static final long serialVersionUID = 1L;
    }

    @TempDir
    private Path parent;

    @Test
    void whatIsNotNamedStaysAsItIs() throws IOException {
        run(50);
    }

    @Test
    @Tag("soak")
    void whatIsNotNamedStaysAsItIsForLong() throws IOException {
        run(20_000);
    }

    private void run(int rounds) throws IOException {
        for (int seed = 0; seed < rounds; seed++) {
            round(seed);
        }
    }

    private void round(int seed) throws IOException {
        Random random = new Random(seed);
        Path root = Files.createDirectory(parent.resolve("folder-" + seed));
        RandomFolder folder = new RandomFolder(root, random);
        folder.change(random.nextInt(40));
        Rule atBackup = random.nextBoolean() ? Rule.NOTHING : Rule.OWN_AND_TEMPORARY;
        Rule atRestore = random.nextInt(3) == 0 ? Rule.NOTHING : Rule.OWN_AND_TEMPORARY;
        Map<String, NavigableMap<byte[], byte[]>> backup =
                DatabaseContents.of(database(root, atBackup, CommitSteps.IGNORED));
        FolderModel held = FolderModel.of(root).without(atBackup);
        folder.change(random.nextInt(40));

        FolderModel before = FolderModel.of(root);
        String name = name(random, held, before);
        KeyRange range = range(random, name);
        boolean refused = new Part(range).isOnePath() && before.isTouchedBy(name, atRestore);
        FolderModel after = refused || !held.holds(range, name) ? null : before.after(held, range, atRestore);
        String what = "seed " + seed + ", " + range;
        int stopAt = random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(20);
        boolean crash = random.nextBoolean();
        List<String> steps = new ArrayList<>();
        Throwable failure = catchThrowable(() -> Folders.restore(
                database(root, atRestore, step -> {
                    steps.add(step);
                    if (steps.size() == stopAt + 1) {
                        if (crash) {
                            throw new Cut();
                        }
                        throw new IllegalStateException("stopped on purpose");
                    }
                }),
                range,
                backup));
        boolean stopped = steps.size() > stopAt;
        if (stopped && crash) {
            startAgain(root, atRestore, random);
        }
        boolean changed = stopped ? steps.contains(crash ? "all moved away" : "marker removed") : after != null;
        what += ", " + steps + ", " + failure;
        assertThat(failure == null).as(what).isEqualTo(after != null && !stopped);
        assertSame(FolderModel.of(root), changed ? after : before, what);
        if (failure == null) {
            assertThat(Staging.pathFor(root)).as(what).doesNotExist();
        }
    }

    /** As a host does, which may end once more while it puts the folder right. */
    private static void startAgain(Path root, Rule rule, Random random) throws IOException {
        int[] left = {random.nextInt(6)};
        Throwable end = catchThrowable(() -> database(root, rule, step -> {
            if (left[0]-- == 0) {
                throw new Cut();
            }
        }));
        assertThat(end == null || end instanceof Cut).as("%s: %s", root, end).isTrue();
        database(root, rule, CommitSteps.IGNORED);
    }

    private static void assertSame(FolderModel actual, FolderModel expected, String what) {
        assertThat(expected).as(what).isNotNull();
        assertThat(actual.describe(expected)).as(what).isEqualTo(expected.describe(expected));
    }

    private static DirectoryDatabase database(Path root, Rule excluded, CommitSteps steps) throws IOException {
        DirectoryDatabase.Builder builder = DirectoryDatabase.builder("d", root)
                .sleeper(time -> {})
                .sync(file -> {})
                .steps(steps);
        return (excluded == Rule.NOTHING ? builder : builder.exclude(excluded)).build();
    }

    /** A path that one of them has, or none. */
    private static String name(Random random, FolderModel held, FolderModel before) {
        List<String> names = new ArrayList<>(held.nodes().keySet());
        names.addAll(before.nodes().keySet());
        names.add("nowhere");
        names.remove("");
        names.remove("");
        return names.get(random.nextInt(names.size()));
    }

    private static KeyRange range(Random random, String name) {
        return switch (random.nextInt(5)) {
            case 0 -> KeyRange.all();
            case 1 -> DirectoryDatabase.only(name);
            case 2 -> DirectoryDatabase.below(name);
            case 3 -> KeyRange.startingWith(name.getBytes(UTF_8));
            default -> KeyRange.only(name.getBytes(UTF_8));
        };
    }
}
