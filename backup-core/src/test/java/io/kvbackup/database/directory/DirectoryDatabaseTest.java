package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryDatabaseTest {
    @TempDir
    private Path parent;

    private Path from;
    private Path to;

    @BeforeEach
    void create() throws IOException {
        from = Files.createDirectory(parent.resolve("from"));
        to = parent.resolve("to");
    }

    @Test
    void aTreeComesBackWithContentTimesAndPermissions() throws IOException {
        long seed = 12;
        Random random = new Random(seed);
        for (int size : new int[] {0, 1, 4095, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            Path file = from.resolve("a/b" + size % 3).resolve("file " + size);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
        }
        Files.createDirectories(from.resolve("empty/folder"));
        Files.setPosixFilePermissions(from.resolve("empty"), PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(from.resolve("empty"), FileTime.from(Instant.parse("1969-12-31T23:59:59Z")));

        copy();
        assertThat(Folders.describe(to)).as("seed %d", seed).isEqualTo(Folders.describe(from));
    }

    @Test
    void keysComeInByteOrderAlthoughFoldersDoNot() throws IOException {
        for (String name : new String[] {"a/x", "a.b", "a-b", "a/x.y/z", "a/x-y", "ab", "a0"}) {
            Files.createDirectories(from.resolve(name).getParent());
            if (name.endsWith("a/x")) {
                Files.createDirectories(from.resolve(name));
            } else {
                Files.writeString(from.resolve(name), name);
            }
        }
        Map<String, NavigableMap<byte[], byte[]>> read = DatabaseContents.of(database(from));

        assertThat(read.get("files").keySet())
                .extracting(key -> new String(key, UTF_8))
                .containsExactly("", "a", "a-b", "a.b", "a/x", "a/x-y", "a/x.y", "a/x.y/z", "a0", "ab");
        assertThat(read.get("blocks")).hasSize(6);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void oddNamesComeBackAsTheyAre() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : new String[] {"C:\\x", "x".repeat(255), " ", "a b", "-", "new\nline", "%41", "grün", "…"}) {
            files.add(Path.of(URI.create(from.toUri() + PercentText.encode(name.getBytes(UTF_8)))));
        }
        files.add(Path.of(URI.create(from.toUri() + "not-utf-8-%FF%FE")));
        for (Path file : files) {
            Files.writeString(file, "content");
        }
        Path folder = Files.createDirectory(Path.of(URI.create(from.toUri() + "folder-%E9")));
        Files.writeString(folder.resolve("inside"), "deeper");
        Files.createSymbolicLink(
                from.resolve("link"), Path.of(URI.create("file:///%FF")).getFileName());

        copy();
        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from)).hasSize(files.size() + 4);
        assertThat(Folders.describe(to)).containsKeys("not-utf-8-%FF%FE", "folder-%E9/inside", "C:%5Cx");
    }

    @Test
    void linksAreKeptAsLinksAndNeverFollowed() throws IOException {
        Path outside = Files.writeString(parent.resolve("outside"), "secret");
        Files.createSymbolicLink(from.resolve("absolute"), outside);
        Files.createSymbolicLink(from.resolve("relative"), Path.of("../outside"));
        Files.createSymbolicLink(from.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(from.resolve("up"), Path.of("."));
        Files.createSymbolicLink(from.resolve("dangling"), Path.of("nowhere"));

        assertThat(DatabaseContents.of(database(from)).get("blocks")).isEmpty();
        copy();
        assertThat(Folders.describe(to)).isEqualTo(Folders.describe(from)).hasSize(6);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void holesAreNotStoredAndComeBackAsHoles() throws IOException {
        long size = 256L << 20;
        Path sparse = from.resolve("sparse");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(size);
            file.seek(size / 2);
            file.write(1);
        }
        assertThat(DatabaseContents.of(database(from)).get("blocks")).hasSize(1);

        copy();
        assertThat(Files.size(to.resolve("sparse"))).isEqualTo(size);
        assertThat(Files.mismatch(sparse, to.resolve("sparse"))).isEqualTo(-1);
        assertThat(Disks.allocatedBytes(to.resolve("sparse"))).isLessThanOrEqualTo(2 << 20);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void pipesEndTheBackupUnlessTheyAreExcluded() throws Exception {
        Disks.makePipe(from.resolve("pipe"));
        assertThatThrownBy(() -> database(from).openSnapshot())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("pipe")
                .hasMessageContaining("exclude");

        DirectoryDatabase without = DirectoryDatabase.builder("d", from)
                .exclude(path -> path.endsWith("pipe"))
                .build();
        assertThat(DatabaseContents.of(without).get("files")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret file", "secret folder"})
    void whatCannotBeReadEndsTheBackupUnlessItIsExcluded(String name) throws IOException {
        Path secret = from.resolve(name);
        if (name.endsWith("folder")) {
            Files.createDirectory(secret);
        } else {
            Files.writeString(secret, "x");
        }
        Files.setPosixFilePermissions(secret, Set.of());
        assumeFalse(Files.isReadable(secret), "this user may read everything");
        try {
            assertThatThrownBy(() -> DatabaseContents.of(database(from)))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(name);
            DirectoryDatabase without = DirectoryDatabase.builder("d", from)
                    .exclude(path -> path.endsWith(name))
                    .build();
            assertThat(DatabaseContents.of(without).get("files")).hasSize(1);
        } finally {
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void whatIsExcludedIsNotReadAtAll() throws IOException {
        Files.createDirectories(from.resolve("cache/deep"));
        Files.writeString(from.resolve("cache/deep/file"), "x");
        Files.writeString(from.resolve("kept"), "x");
        DirectoryDatabase database = DirectoryDatabase.builder("d", from)
                .exclude(path -> path.equals(Path.of("cache")))
                .build();

        assertThat(DatabaseContents.of(database).get("files").keySet())
                .extracting(key -> new String(key, UTF_8))
                .containsExactly("", "kept");
    }

    @Test
    void filesAreChosenByPrefix() throws IOException {
        Files.createDirectories(from.resolve("photos"));
        Files.createDirectories(from.resolve("photos2"));
        Files.write(from.resolve("photos/a"), new byte[] {1, 2, 3});
        Files.write(from.resolve("photos2/b"), new byte[] {4});
        KeyRange photos = KeyRange.startingWith("photos/".getBytes(UTF_8));
        DirectoryDatabase target = database(to);
        try (DatabaseSnapshot snapshot = database(from).openSnapshot();
                var restore = target.beginRestore(snapshot.header())) {
            snapshot.readEntries("files", photos, restore.set("files"));
            snapshot.readEntries("blocks", photos, restore.set("blocks"));
            restore.commit();
        }

        assertThat(to.resolve("photos/a")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(Folders.describe(to)).containsOnlyKeys("", "photos", "photos/a");
    }

    @Test
    void aMissingFolderIsReportedAndCreatedByARestore() throws IOException {
        assertThatThrownBy(() -> database(to).openSnapshot())
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("to");
        Files.writeString(from.resolve("f"), "x");
        copy();
        assertThat(to.resolve("f")).hasContent("x");
    }

    private void copy() throws IOException {
        Folders.copy(database(from), database(to));
        assertThat(Folders.exists(Staging.pathFor(to))).isFalse();
    }

    private static DirectoryDatabase database(Path folder) throws IOException {
        return DirectoryDatabase.of("d", folder);
    }
}
