package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What can only be seen with other processes: death, limits, and races between them. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class FileStorageProcessTest {
    @TempDir
    private Path root;

    @Test
    void t20_killedProcessLeavesOnlyATemporaryFile() throws Exception {
        Process child = FileStorageChild.start("unlimited", "die", root.toString());
        FileStorageChild.await(child);

        assertThat(child.exitValue()).isEqualTo(9);
        assertThat(root.resolve(".kvbackup/tmp")).isNotEmptyDirectory();
        assertThat(root.resolve("dir")).doesNotExist();
        try (StorageClient client = new FileStorageClient(root);
                Stream<StorageObject> objects = client.list("")) {
            assertThat(objects).isEmpty();
            client.upload("dir/victim", ContentWriter.of(new byte[5]), PutCondition.ifAbsent());
            assertThat(client.stat("dir/victim").orElseThrow().size()).isEqualTo(5);
        }
    }

    @Test
    void fullDiskLeavesTheOldObjectAndSaysWhatToDo() throws Exception {
        try (StorageClient client = new FileStorageClient(root)) {
            client.upload("old", ContentWriter.of(new byte[7]), PutCondition.none());
        }
        String output = FileStorageChild.await(FileStorageChild.start("1000", "fill", root.toString()));

        assertThat(output).contains("cannot upload old in file:" + root, "File too large", "try again");
        assertThat(output.trim()).endsWith("7");
        assertThat(root.resolve(".kvbackup/tmp")).isEmptyDirectory();
    }

    @Test
    void conditionsHoldAcrossProcesses() throws Exception {
        try (StorageClient client = new FileStorageClient(root)) {
            client.upload("counter", ContentWriter.of("0".getBytes(StandardCharsets.UTF_8)), PutCondition.none());
        }
        Process first = FileStorageChild.start("unlimited", "count", root.toString(), "60");
        Process second = FileStorageChild.start("unlimited", "count", root.toString(), "60");
        FileStorageChild.await(first);
        FileStorageChild.await(second);

        assertThat(read(root.resolve("counter"))).isEqualTo("120");
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file);
    }
}
