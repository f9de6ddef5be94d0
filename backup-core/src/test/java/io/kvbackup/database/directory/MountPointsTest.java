package io.kvbackup.database.directory;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.LogLines;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other file systems within a folder stay where they are, with all that is on them. */
@EnabledOnOs(OS.LINUX)
class MountPointsTest {
    @TempDir
    private Path parent;

    private Path root;
    private Path table;

    @BeforeEach
    void fill() throws IOException {
        root = Files.createDirectories(parent.resolve("a folder\\x/data"));
        table = parent.resolve("mountinfo");
        for (String folder : new String[] {"sub/a volume", "other"}) {
            Files.createDirectories(root.resolve(folder));
            Files.writeString(root.resolve(folder).resolve("file"), "old");
        }
        Files.createDirectories(root.resolveSibling("data2"));
        mount(root.resolve("sub/a volume"), parent, root, root.resolveSibling("data2/x"));
    }

    private void mount(Path... points) throws IOException {
        StringBuilder lines = new StringBuilder("22 1 0:21 / /proc rw shared:5 - proc proc rw\nnonsense\n");
        for (Path point : points) {
            String escaped =
                    new String(PathKey.bytesOf(point.getParent().toRealPath()), ISO_8859_1) + "/" + point.getFileName();
            lines.append("36 35 98:0 /mnt1 ")
                    .append(escaped.replace("\\", "\\134").replace(" ", "\\040"))
                    .append(" rw,noatime master:1 - ext3 /dev/root rw\n");
        }
        Files.writeString(table, lines, ISO_8859_1);
    }

    private DirectoryDatabase database(Predicate<Path> excluded) throws IOException {
        return DirectoryDatabase.builder("d", root)
                .exclude(excluded)
                .mounts(new MountPoints(table))
                .build();
    }

    private Map<String, NavigableMap<byte[], byte[]>> change(DirectoryDatabase database) throws IOException {
        var backup = DatabaseContents.of(database);
        Files.writeString(root.resolve("sub/a volume/file"), "new");
        Files.writeString(root.resolve("other/file"), "new");
        return backup;
    }

    @Test
    void restoresThatWouldReplaceOneAreRefused() throws IOException {
        DirectoryDatabase database = database(path -> false);
        Map<String, NavigableMap<byte[], byte[]>> backup;
        try (LogLines log = new LogLines()) {
            backup = change(database);
            assertThat(log.warnings("sub/a volume")).singleElement().asString().contains("exclude");
        }
        for (KeyRange range : new KeyRange[] {
            KeyRange.all(),
            DirectoryDatabase.below("sub"),
            DirectoryDatabase.only("sub/a volume"),
            DirectoryDatabase.only("sub/a volume/file")
        }) {
            assertThatThrownBy(() -> Folders.restore(database, range, backup))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContainingAll("sub/a volume", "mounted", "exclude", "nothing was changed");
        }
        assertThat(root.resolve("sub/a volume/file")).hasContent("new");
        assertThat(root.resolve("other/file")).hasContent("new");
        assertThat(root.resolveSibling("data.kvbackup")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sub", "sub/a volume"})
    void oneThatIsExcludedStays(String excluded) throws IOException {
        DirectoryDatabase database = database(path -> path.equals(Path.of(excluded)));
        Folders.restore(database, KeyRange.all(), change(database));

        assertThat(root.resolve("sub/a volume/file")).hasContent("new");
        assertThat(root.resolve("other/file")).hasContent("old");
    }

    @Test
    void oneThatIsNoPartOfTheRestoreStays() throws IOException {
        DirectoryDatabase database = database(path -> false);
        Folders.restore(database, DirectoryDatabase.below("other"), change(database));

        assertThat(root.resolve("sub/a volume/file")).hasContent("new");
        assertThat(root.resolve("other/file")).hasContent("old");
    }

    @Test
    void whereTheSystemDoesNotTellThereAreNone() throws IOException {
        Files.delete(table);
        DirectoryDatabase database = database(path -> false);
        Folders.restore(database, KeyRange.all(), change(database));

        assertThat(root.resolve("sub/a volume/file")).hasContent("old");
    }
}
