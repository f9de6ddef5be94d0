package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What killed processes leave in a folder goes; what anybody is writing stays, however old it looks. */
class DeadTempsTest {
    private static final Instant LAST_YEAR = Instant.parse("2025-03-01T00:00:00Z");
    private static final Instant THEN = LAST_YEAR.plus(1, ChronoUnit.DAYS);
    private static final String NAME = "0123456789abcdef0123456789abcdef";

    @TempDir
    private Path root;

    private FileStorageClient client;
    private Path temps;

    @BeforeEach
    void open() throws IOException {
        client = new FileStorageClient(root);
        client.upload("a", ContentWriter.of(new byte[5]), PutCondition.none());
        temps = root.resolve(".kvbackup/tmp");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void onlyOldFilesOfOursGo() throws IOException {
        Path dead = old(Files.writeString(temps.resolve(NAME), "cut"));
        Path young = Files.writeString(temps.resolve(NAME.replace('0', '1')), "young");
        Path foreign = old(Files.writeString(temps.resolve("notes.txt"), "foreign"));
        Path folder = old(Files.createDirectory(temps.resolve(NAME.replace('0', '2'))));
        Path lock = old(root.resolve(".kvbackup/lock"));
        Path object = old(root.resolve("a"));

        client.deleteStaleUploads("some/prefix", LAST_YEAR);
        assertThat(dead).as("not older than that").exists();
        client.deleteStaleUploads("some/prefix", THEN);

        assertThat(dead).doesNotExist();
        assertThat(List.of(young, foreign, folder, lock, object))
                .allSatisfy(path -> assertThat(path).exists());
    }

    /** As earlier versions made it, or somebody else. */
    @Test
    void nothingGoesWhereThereIsNoMark() throws IOException {
        Files.delete(root.resolve(".kvbackup/kvbackup.owner"));
        Path theirs = old(Files.writeString(temps.resolve(NAME), "somebody's"));

        client.upload("b", ContentWriter.of(new byte[5]), PutCondition.none());
        Path dead = old(Files.writeString(root.resolve(".kvbackup/uploads").resolve(NAME), "cut"));
        client.deleteStaleUploads("", THEN);

        assertThat(theirs).hasContent("somebody's");
        assertThat(dead).as("in a folder with a mark of its own").doesNotExist();
    }

    @Test
    void uploadsDoNotGoIntoSomebodysFolder() throws IOException {
        Files.delete(root.resolve(".kvbackup/kvbackup.owner"));
        Path theirs = Files.createDirectory(root.resolve(".kvbackup/uploads")).resolve(NAME);
        old(Files.writeString(theirs, "somebody's"));

        assertThatThrownBy(() -> client.upload("b", ContentWriter.of(new byte[5]), PutCondition.none()))
                .hasMessageContaining("somebody else made it");
        assertThatThrownBy(() -> client.deleteStaleUploads("", THEN)).hasMessageContaining("somebody else made it");
        assertThat(theirs).hasContent("somebody's");
    }

    @Test
    void manyMayMakeTheAreaAtOnce() throws Exception {
        Path fresh = root.resolve("fresh");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (FileStorageClient store = new FileStorageClient(fresh)) {
            List<Future<StorageObject>> all = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                String key = "k" + i;
                all.add(threads.submit(
                        () -> store.upload(key, ContentWriter.of(new byte[5]), PutCondition.ifAbsent())));
            }
            for (Future<StorageObject> each : all) {
                each.get();
            }
            assertThat(fresh.resolve(".kvbackup/kvbackup.owner")).exists();
            assertThat(fresh).isDirectoryNotContaining("glob:**%own*");
            assertThat(fresh.resolve(".kvbackup/uploads")).doesNotExist();
        } finally {
            threads.shutdownNow();
        }
    }

    /** A process can die between the two steps of a creation: the object has its own name by then. */
    @Test
    void publishedFileKeepsItsName() throws IOException {
        old(root.resolve("a"));
        Path second = Files.createLink(temps.resolve(NAME), root.resolve("a"));
        StorageObject before = client.stat("a").orElseThrow();

        client.deleteStaleUploads("", THEN);

        assertThat(second).doesNotExist();
        assertThat(client.stat("a")).contains(before);
    }

    @Test
    void uploadOfThisProcessGoesOn() throws IOException {
        try (FileStorageClient other = new FileStorageClient(root)) {
            client.upload("b", out -> halfWay(out, other), PutCondition.ifAbsent());
        }
        assertThat(client.stat("b").orElseThrow().size()).isEqualTo(300_001);
        assertThat(temps).isEmptyDirectory();
    }

    private void halfWay(OutputStream out, StorageClient other) throws IOException {
        out.write(new byte[300_000]);
        Path live = old(only());
        other.deleteStaleUploads("", THEN);
        other.deleteStaleUploads("", Instant.MAX);
        assertThat(live).exists();
        out.write(1);
    }

    /** As if this library were loaded twice: closing our channel would take the other's lock away. */
    @Test
    void fileThatIsLockedByAnotherClassLoaderStays() throws IOException {
        Path file = temps.resolve("fedcba9876543210fedcba9876543210");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(channel.lock().isValid()).isTrue();
            old(file);
            client.deleteStaleUploads("", THEN);
            client.deleteStaleUploads("", THEN);
            assertThat(file).exists();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void uploadOfAnotherProcessGoesOnUntilThatDies() throws Exception {
        Process child = FileStorageChild.start("unlimited", "hold", root.toString());
        Process victim = FileStorageChild.start("unlimited", "hold", root.toString());
        try {
            awaitWriting(child);
            awaitWriting(victim);
            for (Path live : all()) {
                old(live);
            }
            client.deleteStaleUploads("", THEN);
            assertThat(all()).as("files of two living writers").hasSize(2);

            victim.destroyForcibly();
            assertThat(victim.waitFor(60, TimeUnit.SECONDS)).isTrue();
            client.deleteStaleUploads("", THEN);
            assertThat(all()).as("file of the one that lives").hasSize(1);

            child.getOutputStream().write('\n');
            child.getOutputStream().close();
            FileStorageChild.await(child);
            assertThat(child.exitValue()).isZero();
            assertThat(client.stat("dir/held").orElseThrow().size()).isEqualTo(300_001);
            assertThat(temps).isEmptyDirectory();
        } finally {
            child.destroyForcibly();
            victim.destroyForcibly();
        }
    }

    @Test
    void interruptedThreadIsToldSo() throws IOException {
        Path dead = old(Files.writeString(temps.resolve(NAME), "cut"));
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> client.deleteStaleUploads("", THEN)).isInstanceOf(InterruptedIOException.class);
        } finally {
            Thread.interrupted();
        }
        assertThat(dead).exists();
    }

    @Test
    void closedClientRefusesAndAnUnusedFolderStaysUntouched() throws IOException {
        try (FileStorageClient unused = new FileStorageClient(root.resolve("unused"))) {
            unused.deleteStaleUploads("", Instant.MAX);
        }
        assertThat(root.resolve("unused")).doesNotExist();
        client.close();
        assertThatThrownBy(() -> client.deleteStaleUploads("", THEN)).hasMessageContaining("closed");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void linksAreNotFollowed(@TempDir Path outside) throws IOException {
        Path precious = old(Files.writeString(outside.resolve(NAME), "precious"));
        Path link = Files.createSymbolicLink(temps.resolve(NAME), precious);
        client.deleteStaleUploads("", THEN);
        assertThat(link).isSymbolicLink();

        Files.delete(link);
        Files.delete(temps);
        Files.createSymbolicLink(temps, outside);
        assertThatThrownBy(() -> client.deleteStaleUploads("", THEN)).hasMessageContaining("is a link");
        assertThat(precious).exists();
    }

    private static void awaitWriting(Process child) throws IOException {
        byte[] said = child.getInputStream().readNBytes("writing".length());
        assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("writing");
    }

    private static Path old(Path file) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(LAST_YEAR));
    }

    private Path only() throws IOException {
        List<Path> files = all();
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> files = Files.list(temps)) {
            return files.toList();
        }
    }
}
