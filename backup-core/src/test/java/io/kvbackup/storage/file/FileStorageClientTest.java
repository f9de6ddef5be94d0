package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileStorageClientTest {
    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void objectsLieAtThePathThatTheirKeySays() throws IOException {
        String key = "backups/orders/2026-11-20T12:00:00.000Z.cbor.zst";
        put(open(), key, "content");
        assertThat(folder.resolve("root").resolve(key)).hasContent("content");

        Path foreign = folder.resolve("root/backups/orders/20261121-120000.json");
        Files.writeString(foreign, "{}");
        assertThat(keys(open(), "backups/")).containsExactly(key, "backups/orders/20261121-120000.json");
        open().delete(List.of(key, "backups/orders/20261121-120000.json"));
        assertThat(folder.resolve("root/backups")).doesNotExist();
    }

    @Test
    void readingAndDeletingCreateNothing() throws IOException {
        StorageClient client = open();
        assertThat(client.stat("a")).isEmpty();
        assertThat(keys(client, "")).isEmpty();
        client.delete(List.of("a", "b/c"));
        assertThatThrownBy(() -> client.download("a", ByteRange.all())).isInstanceOf(NoSuchFileException.class);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void linksBelowTheRootAreNotFollowed() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        StorageClient client = open();
        put(client, "real", "real");
        Files.createSymbolicLink(folder.resolve("root/folder"), outside);
        Files.createSymbolicLink(folder.resolve("root/file"), outside.resolve("secret"));

        assertThat(keys(client, "")).containsExactly("real");
        assertThat(keys(client, "folder/")).isEmpty();
        for (String key : List.of("folder/secret", "file")) {
            assertThat(client.stat(key)).isEmpty();
            assertThatThrownBy(() -> client.download(key, ByteRange.all())).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> put(client, key, "overwritten"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(key)
                    .hasMessageContaining("link");
            assertThatThrownBy(() -> client.copy("real", key)).hasMessageContaining("link");
            client.delete(List.of(key));
        }
        assertThat(outside.resolve("secret")).hasContent("secret");
        assertThat(outside.toFile().list()).containsExactly("secret");
        assertThat(folder.resolve("root/.kvbackup/tmp")).isEmptyDirectory();
    }

    @Test
    void ourOwnFolderIsNotALinkEither() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.createDirectories(folder.resolve("root"));
        Files.createSymbolicLink(folder.resolve("root/.kvbackup"), outside);

        assertThatThrownBy(() -> put(open(), "a", "x")).hasMessageContaining("is a link");
        assertThatThrownBy(() -> open().delete(List.of("a"))).hasMessageContaining("is a link");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void rootMayBeALinkItself() throws IOException {
        Path real = Files.createDirectories(folder.resolve("real"));
        Files.createSymbolicLink(folder.resolve("root"), real);
        put(open(), "a/b", "content");

        assertThat(keys(open(), "")).containsExactly("a/b");
        assertThat(real.resolve("a/b")).hasContent("content");
    }

    @Test
    void filesThatNoKeyLeadsToAreNotSeen() throws IOException {
        put(open(), "a", "content");
        Path root = folder.resolve("root");
        Files.writeString(root.resolve("100%"), "foreign");
        Files.writeString(root.resolve("%2e%2e"), "foreign");
        Files.writeString(root.resolve(".kvbackup/tmp/leftover"), "dead upload");
        Files.createDirectories(root.resolve("empty/folder"));

        assertThat(keys(open(), "")).containsExactly("a");
        assertThat(keys(open(), ".")).isEmpty();
        assertThat(open().stat("empty")).isEmpty();
    }

    @Test
    void etagIsNewEvenIfTheFileSystemReusesFilesAndItsClockStandsStill() throws IOException {
        Set<String> etags = new HashSet<>();
        StorageClient client = open();
        for (int i = 0; i < 50; i++) {
            assertThat(etags.add(put(client, "a", "same size").etag()))
                    .as("etag of round %d", i)
                    .isTrue();
            client.delete(List.of("a"));
            assertThat(etags.add(put(client, "a", "same size").etag()))
                    .as("etag of round %d, after delete", i)
                    .isTrue();
        }
    }

    @Test
    void t24_fileSystemFailuresAreToldInTermsOfKeys() throws IOException {
        Files.writeString(folder.resolve("root"), "a file");

        assertThatThrownBy(() -> put(open(), "some/key", "x"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(FileSystemException.class)
                .hasMessageContaining("cannot upload some/key in file:" + folder.resolve("root"))
                .hasMessageContaining("not a folder");
        assertThat(open().stat("some/key")).isEmpty();
    }

    @Test
    void folderThatCannotBeWrittenIsDenied() throws IOException {
        put(open(), "dir/old", "old");
        Path dir = folder.resolve("root/dir");
        assumeTrue(dir.toFile().setWritable(false) && !Files.isWritable(dir));
        try {
            assertThatThrownBy(() -> put(open(), "dir/new", "new"))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("cannot upload dir/new");
            assertThat(keys(open(), "")).containsExactly("dir/old");
            assertThat(folder.resolve("root/.kvbackup/tmp")).isEmptyDirectory();
        } finally {
            assertThat(dir.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void fileThatIsCutWhileItIsReadIsAnError() throws IOException {
        put(open(), "a", "x".repeat(100_000));
        try (var in = open().download("a", ByteRange.all())) {
            assertThat(in.readNBytes(1_000)).hasSize(1_000);
            Files.writeString(folder.resolve("root/a"), "cut");
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("ends at 1000");
        }
    }

    @Test
    void largeFoldersAreListedFromTheMiddle() throws IOException {
        Path big = Files.createDirectories(folder.resolve("root/big"));
        for (int i = 0; i < 3_000; i++) {
            Files.createFile(big.resolve(String.format("%05d", i)));
        }
        try (Stream<StorageObject> objects = open().list("big/0", "big/02997x")) {
            assertThat(objects.map(StorageObject::key)).containsExactly("big/02998", "big/02999");
        }
    }

    private StorageClient open() {
        return new FileStorageClient(folder.resolve("root"));
    }

    private static StorageObject put(StorageClient client, String key, String content) throws IOException {
        return client.upload(key, ContentWriter.of(content.getBytes(StandardCharsets.UTF_8)), PutCondition.none());
    }

    private static List<String> keys(StorageClient client, String prefix) throws IOException {
        try (Stream<StorageObject> objects = client.list(prefix)) {
            return objects.map(StorageObject::key).toList();
        }
    }
}
