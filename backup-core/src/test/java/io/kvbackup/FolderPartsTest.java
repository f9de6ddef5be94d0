package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.directory.DirectoryDatabase;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a restore of a folder leaves alone: all that is not named, and all that is excluded, such as the store itself.
 */
class FolderPartsTest {
    private static final Instant LONG_AGO = Instant.parse("2001-02-03T04:05:06Z");

    @TempDir
    private Path parent;

    private Path folder;
    private BackupManager manager;
    private String backup;

    @BeforeEach
    void backUp() throws IOException {
        folder = parent.resolve("data");
        Files.createDirectories(folder.resolve("cache"));
        Files.createDirectories(folder.resolve("sub/empty"));
        Files.writeString(folder.resolve("cache/b.tmp"), "not backed up");
        Files.writeString(folder.resolve("a.txt"), "old");
        Files.writeString(folder.resolve("sub/b.txt"), "old");
        manager = BackupManager.builder()
                .storage(folder.resolve("backups").toUri().toString())
                .database(DirectoryDatabase.builder("data", folder)
                        .exclude(path -> path.startsWith("backups") || path.startsWith("cache"))
                        .exclude(path -> path.endsWith("private"))
                        .build())
                .build();
        backup = manager.backupDatabase("data").objectName();
        Files.writeString(folder.resolve("a.txt"), "new");
        Files.writeString(folder.resolve("sub/b.txt"), "new");
        Files.writeString(folder.resolve("sub/empty/later"), "new");
        Files.createDirectories(folder.resolve("later/deep"));
        Files.writeString(folder.resolve("later/deep/private"), "excluded, in a folder that the backup does not have");
        Files.writeString(folder.resolve("later/deep/file"), "new");
        Files.setLastModifiedTime(folder.resolve("sub"), FileTime.from(LONG_AGO));
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    @Test
    void aWholeRestoreLeavesTheStoreAndAllElseThatIsExcluded() throws IOException {
        manager.restoreDatabase(backup);

        assertThat(manager.listBackups()).hasSize(1);
        assertThat(folder.resolve("cache/b.tmp")).hasContent("not backed up");
        assertThat(folder.resolve("later/deep")).isDirectoryContaining("glob:**private");
        assertThat(folder.resolve("later/deep/file")).doesNotExist();
        assertThat(folder.resolve("a.txt")).hasContent("old");
        assertThat(folder.resolve("sub/b.txt")).hasContent("old");
        assertThat(folder.resolve("sub/empty")).isEmptyDirectory();
        manager.restoreDatabase(backup);
        assertThat(parent.toFile().list()).containsExactly("data");
    }

    @Test
    void onePathLeavesAllElse() throws IOException {
        restore(DirectoryDatabase.only("sub/b.txt"));

        assertThat(folder.resolve("sub/b.txt")).hasContent("old");
        assertThat(folder.resolve("a.txt")).hasContent("new");
        assertThat(folder.resolve("sub/empty/later")).hasContent("new");
        assertThat(folder.resolve("cache/b.tmp")).hasContent("not backed up");
        assertThat(Files.getLastModifiedTime(folder.resolve("sub")).toInstant()).isEqualTo(LONG_AGO);
        assertThat(manager.listBackups()).hasSize(1);
    }

    @Test
    void aKeyOfAFileBringsAllOfItsContent() throws IOException {
        restore(KeyRange.only("a.txt".getBytes(UTF_8)));

        assertThat(folder.resolve("a.txt")).hasContent("old");
    }

    @ParameterizedTest
    @ValueSource(strings = {"later", "later/deep/file", "nowhere", "a.txt/x", "cache/b.tmp", "sub/b"})
    void whatTheBackupDoesNotHoldIsAnErrorAndChangesNothing(String path) throws IOException {
        for (boolean dryRun : new boolean[] {true, false}) {
            for (KeyRange keys : new KeyRange[] {
                DirectoryDatabase.only(path), DirectoryDatabase.below(path), KeyRange.only(path.getBytes(UTF_8))
            }) {
                RestoreOptions options =
                        RestoreOptions.builder().keys(keys).dryRun(dryRun).build();
                assertThatThrownBy(() -> manager.restoreDatabase(backup, options))
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContainingAll(path, "nothing was changed");
            }
        }
        assertThat(folder.resolve("later/deep/file")).hasContent("new");
        assertThat(folder.resolve("a.txt")).hasContent("new");
        assertThat(parent.toFile().list()).containsExactly("data");
    }

    @Test
    void aFolderThatWasEmptyIsEmptyAgain() throws IOException {
        restore(DirectoryDatabase.below("sub/empty"));

        assertThat(folder.resolve("sub/empty")).isEmptyDirectory();
        assertThat(folder.resolve("sub/b.txt")).hasContent("new");
    }

    @Test
    void aFolderAloneKeepsWhatIsInIt() throws IOException {
        restore(DirectoryDatabase.only("sub"));

        assertThat(folder.resolve("sub/b.txt")).hasContent("new");
        assertThat(Files.getLastModifiedTime(folder.resolve("sub")).toInstant()).isNotEqualTo(LONG_AGO);
    }

    @Test
    void aFileIsNotPutWhereAFolderHoldsSomethingElse() throws IOException {
        Files.delete(folder.resolve("a.txt"));
        Files.createDirectory(folder.resolve("a.txt"));
        Files.writeString(folder.resolve("a.txt/precious"), "new");
        assertThatThrownBy(() -> restore(DirectoryDatabase.only("a.txt")))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContainingAll("a.txt", "move it away");

        assertThat(folder.resolve("a.txt/precious")).hasContent("new");
        assertThat(parent.toFile().list()).containsExactly("data");
    }

    @Test
    void aDatabaseOfWhichTheNameIsNotHeldKeepsOthersFromChanging() throws IOException {
        Path second = Files.createDirectory(parent.resolve("second"));
        try (BackupManager both = BackupManager.builder()
                .storage("mem:parts-of-two")
                .database(DirectoryDatabase.of("first", folder.resolve("sub")))
                .database(DirectoryDatabase.of("second", second))
                .build()) {
            String full = both.backupAllDatabases().objectName();
            Files.writeString(folder.resolve("sub/b.txt"), "newer");
            RestoreOptions part = RestoreOptions.builder()
                    .keys(DirectoryDatabase.only("b.txt"))
                    .build();
            assertThatThrownBy(() -> both.restoreAllDatabases(full, part)).isInstanceOf(NoSuchFileException.class);
            assertThat(folder.resolve("sub/b.txt")).hasContent("newer");
        }
    }

    private void restore(KeyRange keys) throws IOException {
        manager.restoreDatabase(backup, RestoreOptions.builder().keys(keys).build());
    }
}
