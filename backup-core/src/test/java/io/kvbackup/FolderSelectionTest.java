package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.directory.ArchivedFile;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a backup are listed and restored one by one. */
class FolderSelectionTest {
    private static final Instant MODIFIED = Instant.parse("2026-11-20T12:00:00.5Z");

    @TempDir
    private Path parent;

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private Path folder;
    private BackupManager manager;
    private String backup;

    @BeforeEach
    void backUp() throws IOException {
        folder = Files.createDirectory(parent.resolve("photos"));
        Files.createDirectories(folder.resolve("2026/summer"));
        Files.createDirectory(folder.resolve("empty"));
        for (String file : List.of("2026/summer/a.jpg", "2026/summer/b.jpg", "2026/summer.txt", "top")) {
            Files.writeString(folder.resolve(file), "old " + file);
            Files.setLastModifiedTime(folder.resolve(file), FileTime.from(MODIFIED));
        }
        Files.createSymbolicLink(folder.resolve("latest"), Path.of("2026/summer"));
        manager = BackupManager.builder()
                .storage(storage)
                .database(DirectoryDatabase.of("photos", folder))
                .database(DirectoryDatabase.of("beside", parent.resolve("beside")))
                .build();
        backup = manager.backupDatabase("photos").objectName();
        Files.writeString(folder.resolve("2026/summer/a.jpg"), "new");
        Files.delete(folder.resolve("2026/summer/b.jpg"));
        Files.writeString(folder.resolve("2026/summer.txt"), "new");
        Files.writeString(folder.resolve("later"), "new");
    }

    @AfterEach
    void close() throws IOException {
        manager.close();
    }

    @Test
    void filesAreListedWithoutBeingRestored() throws IOException {
        List<ArchivedFile> files = list(KeyRange.all());

        assertThat(files)
                .extracting(ArchivedFile::path)
                .containsExactly(
                        "",
                        "2026",
                        "2026/summer",
                        "2026/summer.txt",
                        "2026/summer/a.jpg",
                        "2026/summer/b.jpg",
                        "empty",
                        "latest",
                        "top");
        ArchivedFile picture = files.get(4);
        assertThat(picture.kind()).isEqualTo(ArchivedFile.Kind.FILE);
        assertThat(picture.size()).isEqualTo("old 2026/summer/a.jpg".length());
        assertThat(picture.modified()).contains(MODIFIED);
        assertThat(files.get(1).kind()).isEqualTo(ArchivedFile.Kind.FOLDER);
        assertThat(files.get(7).target()).contains("2026/summer");
        assertThat(list(DirectoryDatabase.below("2026/summer")))
                .extracting(ArchivedFile::path)
                .containsExactly("2026/summer/a.jpg", "2026/summer/b.jpg");
    }

    @Test
    void oneFileIsRestoredAndAllElseStays() throws IOException {
        restore(DirectoryDatabase.only("2026/summer/b.jpg"));

        assertThat(folder.resolve("2026/summer/b.jpg")).hasContent("old 2026/summer/b.jpg");
        assertThat(Files.getLastModifiedTime(folder.resolve("2026/summer/b.jpg"))
                        .toInstant())
                .isEqualTo(MODIFIED);
        assertThat(folder.resolve("2026/summer/a.jpg")).hasContent("new");
        assertThat(folder.resolve("2026/summer.txt")).hasContent("new");
        assertThat(folder.resolve("later")).hasContent("new");
    }

    @Test
    void oneFolderIsRestoredAndItsNeighboursStay() throws IOException {
        restore(DirectoryDatabase.below("2026/summer"));

        assertThat(folder.resolve("2026/summer/a.jpg")).hasContent("old 2026/summer/a.jpg");
        assertThat(folder.resolve("2026/summer/b.jpg")).hasContent("old 2026/summer/b.jpg");
        assertThat(folder.resolve("2026/summer.txt")).hasContent("new");
        assertThat(folder.resolve("top")).hasContent("old top");
    }

    @Test
    void aPrefixOfKeysWillDoAsWell() throws IOException {
        manager.restoreDatabase(
                backup,
                RestoreOptions.builder()
                        .keysStartingWith("2026/summer".getBytes(UTF_8))
                        .build());

        assertThat(folder.resolve("2026/summer.txt")).hasContent("old 2026/summer.txt");
        assertThat(folder.resolve("2026/summer/a.jpg")).hasContent("old 2026/summer/a.jpg");
        assertThat(folder.resolve("later")).hasContent("new");
    }

    @Test
    void optionsOfARestoreHoldForFoldersToo() throws IOException {
        manager.restoreDatabase(backup, RestoreOptions.builder().dryRun(true).build());
        assertThat(folder.resolve("later")).hasContent("new");
        assertThatThrownBy(() -> manager.restoreDatabase(
                        backup, RestoreOptions.builder().ifAbsent(true).build()))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> manager.restoreDatabase(
                        backup, RestoreOptions.builder().sets("files").build()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("choose both");

        manager.restoreDatabase(
                backup, RestoreOptions.builder().as("beside").ifAbsent(true).build());
        assertThat(parent.resolve("beside/2026/summer/b.jpg")).hasContent("old 2026/summer/b.jpg");
        assertThat(parent.resolve("beside/later")).doesNotExist();
        assertThat(folder.resolve("later")).hasContent("new");
        assertThat(parent.toFile().list()).containsExactlyInAnyOrder("photos", "beside");
    }

    @Test
    void namesThatCouldMisleadAreShownEscaped() throws IOException {
        byte[] entry = "file size=1 modified=2026-01-01T00:00:00Z mode=644".getBytes(UTF_8);

        assertThat(ArchivedFile.of(new byte[] {'a', '\n', (byte) 0xE9}, entry).path())
                .isEqualTo("a%0A%E9");
        assertThat(ArchivedFile.of("ä b".getBytes(UTF_8), entry).path()).isEqualTo("ä b");
        assertThat(ArchivedFile.of(new byte[] {'a'}, entry).mode()).hasValue(0644);
        assertThatThrownBy(() -> ArchivedFile.of(new byte[] {'a'}, "what".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/"})
    void whatIsNoPathIsRefused(String path) {
        assertThatThrownBy(() -> DirectoryDatabase.only(path)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DirectoryDatabase.below(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatABackupDoesNotHoldIsNamed() {
        assertThatThrownBy(() -> manager.readEntries(backup, "music", "files", KeyRange.all(), (key, value) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("music", "photos");
        assertThatThrownBy(() -> manager.readEntries(backup, "photos", "songs", KeyRange.all(), (key, value) -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("songs", "files");
    }

    private List<ArchivedFile> list(KeyRange keys) throws IOException {
        List<ArchivedFile> files = new ArrayList<>();
        manager.readEntries(
                backup,
                "photos",
                DirectoryDatabase.FILES,
                keys,
                (key, value) -> files.add(ArchivedFile.of(key, value)));
        return files;
    }

    private void restore(KeyRange keys) throws IOException {
        manager.restoreDatabase(backup, RestoreOptions.builder().keys(keys).build());
    }
}
