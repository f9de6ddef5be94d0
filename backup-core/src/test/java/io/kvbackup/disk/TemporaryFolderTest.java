package io.kvbackup.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFolderTest {
    @TempDir
    private Path parent;

    /** Makes a folder with something in it, says so and waits to be killed. */
    public static void main(String[] args) throws IOException {
        TemporaryFolder folder = TemporaryFolder.create(args[0]);
        Path within = Files.createDirectories(folder.resolve("a").resolve("b"));
        Files.writeString(within.resolve("c"), "content");
        System.out.println("ready");
        System.exit(System.in.read());
    }

    @Test
    void closingRemovesEverything() throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create(parent, "spool")) {
            assertThat(Path.of(folder.toString()).getFileName().toString()).startsWith("kvbackup-spool-");
            Files.createDirectories(folder.resolve("a").resolve("b"));
            Files.writeString(folder.resolve("file"), "content");
            Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(parent.resolve("outside")));
            assertThatThrownBy(() -> folder.resolve("lock")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(entries()).containsExactly(parent.resolve("outside"));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void nobodyElseMayEnter() throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create(parent, "spool")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(folder.toString()))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void whatADeadProcessHasLeftGoesAndAllElseStays() throws Exception {
        try (OtherProcess victim = OtherProcess.start(TemporaryFolderTest.class, parent, "spool");
                OtherProcess living = OtherProcess.start(TemporaryFolderTest.class, parent, "spool");
                OtherProcess otherKind = OtherProcess.start(TemporaryFolderTest.class, parent, "keys");
                TemporaryFolder ours = TemporaryFolder.create(parent, "spool")) {
            for (OtherProcess each : List.of(victim, living, otherKind)) {
                each.awaitReady();
            }
            List<Path> before = entries();
            TemporaryFolder.create(parent, "spool").close();
            assertThat(entries()).as("all live").isEqualTo(before).hasSize(4);

            victim.kill();
            otherKind.kill();
            TemporaryFolder.create(parent, "spool").close();
            assertThat(entries()).contains(Path.of(ours.toString())).hasSize(3);
            TemporaryFolder.create(parent, "keys").close();
            assertThat(entries()).hasSize(2);

            living.kill();
        }
        TemporaryFolder.create(parent, "spool").close();
        assertThat(entries()).isEmpty();
    }

    @Test
    void whatOnlyLooksLikeOursStays() throws IOException {
        Path outside = Files.createDirectory(parent.resolve("outside"));
        Files.writeString(Files.createDirectory(outside.resolve("a")).resolve("lock"), "");
        Path named = Files.writeString(
                Files.createDirectory(parent.resolve("kvbackup-spool-notes")).resolve("file"), "somebody's");
        Path file = Files.writeString(parent.resolve("kvbackup-spool-1"), "a file");
        Path link = Files.createSymbolicLink(parent.resolve("kvbackup-spool-2"), outside.resolve("a"));
        Path empty = Files.createDirectory(parent.resolve("kvbackup-spool-3"));
        Path year = Files.createDirectory(parent.resolve("kvbackup-spool-of-2025"));
        Path locked = Files.createDirectory(parent.resolve("kvbackup-spool-before-upgrade"));
        Files.writeString(locked.resolve("lock"), "");

        TemporaryFolder.create(parent, "spool").close();

        assertThat(List.of(named, year, locked.resolve("lock"), file, link, outside.resolve("a/lock")))
                .allSatisfy(path -> assertThat(path).exists());
        assertThat(empty).as("of a process that died at once").doesNotExist();
    }

    /** A folder is taken for dead between its creation and its claim, if at all. */
    @Test
    void manyAtOnceKeepTheirFolders() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                all.add(threads.submit(useOne()));
            }
            for (Future<Void> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(entries()).isEmpty();
    }

    private Callable<Void> useOne() {
        return () -> {
            try (TemporaryFolder folder = TemporaryFolder.create(parent, "spool")) {
                Files.writeString(folder.resolve("file"), "content");
                TemporaryFolder.create(parent, "spool").close();
                assertThat(folder.resolve("file")).hasContent("content");
            }
            return null;
        };
    }

    /** As on network mounts: a lock that is asked for is an error. */
    @Test
    void aFileSystemWithoutLocksWillDo() throws IOException {
        Path dead = Files.createDirectory(parent.resolve("kvbackup-spool-1"));
        TemporaryFolder.Claims none = file -> {
            Files.createFile(file);
            throw new IOException("No locks available");
        };
        try (TemporaryFolder folder = TemporaryFolder.create(parent, "spool", none)) {
            Path file = Files.writeString(folder.resolve("file"), "content");
            TemporaryFolder.create(parent, "spool").close();
            assertThat(file).as("where locks are available to somebody else").hasContent("content");
            assertThat(dead).doesNotExist();
            Files.createDirectory(dead);
            TemporaryFolder.create(parent, "spool", none).close();
        }
        assertThat(entries()).as("nothing is removed without locks").containsExactly(dead);
    }

    @Test
    void aMissingParentIsAnError() {
        assertThatThrownBy(() -> TemporaryFolder.create(parent.resolve("no"), "spool"))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(parent.resolve("no").toString())
                .hasMessageContaining("no such folder")
                .hasMessageNotContaining("tmpdir");
    }

    private List<Path> entries() throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            return all.filter(path -> !path.getFileName().toString().startsWith("hsperfdata"))
                    .sorted()
                    .toList();
        }
    }
}
