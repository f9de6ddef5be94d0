package io.kvbackup.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClaimTest {
    @TempDir
    private Path folder;

    /** Claims the file, says so and waits to be killed; or exits with 1 if somebody else has it. */
    public static void main(String[] args) throws IOException {
        Optional<FileClaim> claim = FileClaim.take(Path.of(args[0]));
        if (claim.isEmpty()) {
            System.exit(1);
        }
        System.out.println("ready");
        System.exit(args.length > 1 ? System.in.read() : 0);
    }

    @Test
    void oneInThisProcessHasIt() throws Exception {
        Path file = folder.resolve("lock");
        try (FileClaim first = FileClaim.take(file).orElseThrow()) {
            assertThat(first).hasToString("FileClaim[" + file.toRealPath() + "]");
            assertThat(FileClaim.take(file)).isEmpty();
            assertThat(FileClaim.takeExisting(file)).isEmpty();
            assertThat(isFreeForOthers(file)).as("after refused claims").isFalse();
        }
        assertThat(file).exists();
        assertThat(isFreeForOthers(file)).isTrue();
        try (FileClaim again = FileClaim.takeExisting(file).orElseThrow()) {
            again.close();
        }
    }

    @Test
    void howTheFileIsReachedDoesNotMatter() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectory(folder.resolve("real")));
        Path file = folder.resolve("real/lock");
        try (FileClaim first = FileClaim.take(link.resolve("lock")).orElseThrow()) {
            assertThat(FileClaim.take(file)).as("%s", first).isEmpty();
            assertThat(FileClaim.take(folder.resolve("real/../link/./lock"))).isEmpty();
            assertThat(isFreeForOthers(file)).isFalse();
        }
        assertThat(FileClaim.take(file)).hasValueSatisfying(FileClaimTest::giveUp);
    }

    @Test
    void theClaimOfAProcessEndsWithIt() throws Exception {
        Path file = folder.resolve("lock");
        try (OtherProcess other = OtherProcess.start(FileClaimTest.class, folder, file, "stay")) {
            other.awaitReady();
            assertThat(FileClaim.take(file)).isEmpty();
            other.kill();
            assertThat(FileClaim.take(file)).hasValueSatisfying(FileClaimTest::giveUp);
        }
    }

    /** As if this library were loaded twice: closing our channel would take the other's lock away. */
    @Test
    void aLockOfAnotherClassLoaderIsLeftAlone() throws Exception {
        Path file = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(channel.lock().isValid()).isTrue();
            assertThat(FileClaim.take(file)).isEmpty();
            assertThat(FileClaim.take(file)).isEmpty();
            assertThat(isFreeForOthers(file)).isFalse();
        }
        try (FileClaim claim = FileClaim.take(file).orElseThrow(() -> new AssertionError("in use for ever"))) {
            assertThat(isFreeForOthers(file)).as("%s", claim).isFalse();
        }
        assertThat(isFreeForOthers(file)).isTrue();
    }

    @Test
    void aFileThatAnotherClassLoaderHeldAndRemovedIsMadeAnew() throws Exception {
        Path file = folder.resolve("lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(channel.lock().isValid()).isTrue();
            assertThat(FileClaim.take(file)).isEmpty();
            Files.delete(file);
        }
        assertThat(FileClaim.takeExisting(file)).isEmpty();
        assertThat(FileClaim.take(file)).hasValueSatisfying(FileClaimTest::giveUp);
    }

    /**
     * Between opening and locking, the file was removed by who had it, and another process has made and locked the next
     * one.
     */
    @Test
    void aFileThatTookTheLockedOnesPlaceIsSomebodyElses() throws Exception {
        Path file = folder.resolve("lock");
        try (FileChannel first = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            assertThat(first.lock().isValid()).isTrue();
            assertThat(FileClaim.take(file)).as("opened").isEmpty();
            Files.delete(file);
        }
        try (OtherProcess other = OtherProcess.start(FileClaimTest.class, folder, file, "stay")) {
            other.awaitReady();
            assertThat(FileClaim.take(file)).isEmpty();
            assertThat(FileClaim.takeExisting(file)).isEmpty();
            other.kill();
        }
        assertThat(FileClaim.take(file)).hasValueSatisfying(FileClaimTest::giveUp);
        assertThat(file).isEmptyFile();
    }

    @Test
    void anInterruptEndsNoClaim() throws Exception {
        Path file = folder.resolve("lock");
        Thread.currentThread().interrupt();
        try (FileClaim claim = FileClaim.take(file).orElseThrow()) {
            assertThat(Thread.interrupted()).as("flag").isTrue();
            assertThat(isFreeForOthers(file)).as("%s", claim).isFalse();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void whatDoesNotExist() throws Exception {
        assertThat(FileClaim.takeExisting(folder.resolve("lock"))).isEmpty();
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> FileClaim.take(folder.resolve("no/lock"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> FileClaim.take(folder.getRoot())).isInstanceOf(IllegalArgumentException.class);
    }

    private boolean isFreeForOthers(Path file) throws Exception {
        try (OtherProcess other = OtherProcess.start(FileClaimTest.class, folder, file)) {
            return other.exit() == 0;
        }
    }

    private static void giveUp(FileClaim claim) {
        try {
            claim.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFileThatHoldsSomethingIsSomebodysAndStays() throws IOException {
        Path theirs = Files.writeString(folder.resolve("lock"), "pid 42");

        assertThatThrownBy(() -> FileClaim.take(theirs)).hasMessageContaining("holds something");
        assertThat(theirs).hasContent("pid 42");

        Files.write(theirs, new byte[77]);
        FileClaim.take(theirs).orElseThrow().close();
    }
}
