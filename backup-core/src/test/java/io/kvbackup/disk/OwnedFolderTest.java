package io.kvbackup.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OwnedFolderTest {
    @TempDir
    private Path parent;

    private Path path;

    @BeforeEach
    void name() {
        path = parent.resolve("photos.kvbackup");
    }

    @Test
    void isMarkedFromTheFirstByteAndGoesWithAllThatIsInIt() throws IOException {
        OwnedFolder folder = OwnedFolder.claim(path, "pho/tos").orElseThrow();

        assertThat(path.resolve("kvbackup.owner"))
                .content()
                .contains("for pho%2Ftos")
                .contains("id ");
        Files.writeString(
                Files.createDirectories(folder.resolve("a").resolve("b")).resolve("c"), "content");
        assertThat(OwnedFolder.claim(path, "photos"))
                .as("while somebody works there")
                .isEmpty();
        folder.close();

        OwnedFolder again = OwnedFolder.claim(path, "photos").orElseThrow();
        assertThat(again.resolve("a")).as("what was left is handed over").exists();
        again.clear();
        assertThat(again.resolve("a")).doesNotExist();
        again.remove();
        assertThat(path).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void onlyItsOwnerMayReadIt() throws IOException {
        try (OwnedFolder folder = OwnedFolder.claim(path, "photos").orElseThrow();
                Stream<Path> all = Files.walk(folder.path())) {
            assertThat(all)
                    .hasSize(3)
                    .allSatisfy(each -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .endsWith("------"));
        }
    }

    @Test
    void whatACrashLeavesAtTheBeginningOrTheEndIsNobodys() throws IOException {
        for (List<String> names : List.of(
                List.<String>of(), List.of("kvbackup.owner"), List.of("LOCK"), List.of("LOCK", "kvbackup.owner"))) {
            make(names);
            assertThat(OwnedFolder.takeOver(path)).isEmpty();
            assertThat(path).as(names.toString()).doesNotExist();

            make(names);
            OwnedFolder.claim(path, "photos").orElseThrow().remove();
        }
    }

    private void make(List<String> emptyFiles) throws IOException {
        Files.createDirectory(path);
        for (String name : emptyFiles) {
            Files.createFile(path.resolve(name));
        }
    }

    /** Wherever the mark is cut, the folder is taken for empty; with anything else in it, it is somebody's. */
    @Test
    void aTornMarkIsNoMark() throws IOException {
        OwnedFolder.claim(path, "photos").orElseThrow().close();
        byte[] whole = Files.readAllBytes(path.resolve("kvbackup.owner"));
        OwnedFolder.claim(path, "photos").orElseThrow().remove();
        for (int length = 0; length < whole.length; length += 1 + length / 9) {
            for (byte[] torn : List.of(Arrays.copyOf(whole, length), new byte[length])) {
                make(List.of("LOCK"));
                Files.write(path.resolve("kvbackup.owner"), torn);
                Path theirs = Files.writeString(path.resolve("a.jpg"), "somebody's");
                assertRefused(Map.of("a.jpg", "somebody's", "LOCK", "", "kvbackup.owner", new String(torn, UTF_8)));
                Files.delete(theirs);
                assertThat(OwnedFolder.takeOver(path)).isEmpty();
                assertThat(path).as("cut to " + length).doesNotExist();
            }
        }
    }

    /** Whatever somebody has put there, with names like ours too: it is never changed. */
    @Test
    void whatHasNoMarkIsNeverTouched() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<String> names = List.of(
                "LOCK", "COMMIT", "tree/a", "old/b", "entries", "ingest/c", ".kvbackup/lock", "kvbackup.owner", "x");
        for (int round = 0; round < 50; round++) {
            path = parent.resolve(round + ".kvbackup");
            Files.createDirectory(path);
            for (String name : names) {
                if (random.nextBoolean()) {
                    Files.createDirectories(path.resolve(name).getParent());
                    Files.writeString(path.resolve(name), "somebody's " + random.nextInt());
                }
            }
            Map<String, String> before = content(path);
            if (!before.isEmpty()) {
                assertRefused(before);
            }
        }
    }

    private void assertRefused(Map<String, String> before) throws IOException {
        assertThatThrownBy(() -> OwnedFolder.claim(path, "photos"))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("photos")
                .hasMessageContaining("did not make")
                .hasMessageContaining("Move it");
        Optional<OwnedFolder> unmarked = OwnedFolder.takeOver(path);
        if (unmarked.isPresent()) {
            assertThat(unmarked.get().isOurs()).isFalse();
            unmarked.get().clear();
            unmarked.get().remove("tree");
            unmarked.get().remove();
        }
        assertThat(content(path)).isEqualTo(before);
    }

    private static Map<String, String> content(Path folder) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(each).toString(), Files.readString(each));
            }
        }
        return content;
    }

    @Test
    void filesAndLinksAreNotFollowed() throws IOException {
        Path elsewhere = parent.resolve("elsewhere");
        OwnedFolder.claim(elsewhere, "other").orElseThrow().close();
        Files.createSymbolicLink(path, elsewhere);
        assertThatThrownBy(() -> OwnedFolder.claim(path, "photos")).isInstanceOf(FileAlreadyExistsException.class);
        Files.delete(path);
        Files.writeString(path, "a file");
        assertThatThrownBy(() -> OwnedFolder.claim(path, "photos")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasContent("a file");
        assertThat(elsewhere.resolve("kvbackup.owner")).exists();
    }

    @Test
    void manyThreadsHaveItOneAfterTheOther() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                for (int n = 0; n < 50; n++) {
                    try {
                        var folder = OwnedFolder.claim(path, "photos");
                        if (folder.isPresent()) {
                            Files.createFile(folder.get().resolve("mine"));
                            folder.get().remove();
                        }
                    } catch (IOException | RuntimeException e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread each : threads) {
            each.join();
        }
        assertThat(failures).isEmpty();
        assertThat(path).doesNotExist();
    }
}
