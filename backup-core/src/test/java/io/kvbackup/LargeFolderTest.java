package io.kvbackup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are much larger than the heap, which is 64 MiB here, through an archive and back. */
class LargeFolderTest {
    @TempDir
    private Path parent;

    @Test
    @Tag("thorough")
    void aSparseFileAndThousandsOfSmallOnes() throws Exception {
        assertRestored(512L << 20, 5_000);
    }

    @Test
    @Tag("soak")
    void aSparseFileOf20GibAnd200ThousandSmallOnes() throws Exception {
        assertRestored(20L << 30, 200_000);
    }

    private void assertRestored(long sparse, int files) throws Exception {
        OtherProcess.run(LargeFolderTest.class, Duration.ofMinutes(40), parent, sparse, files);
        assertStillSparse(parent.resolve("to/sparse"), sparse);
    }

    /** Java does not tell how much of the disk a file takes; where there is no such command, nothing is checked. */
    private static void assertStillSparse(Path file, long size) throws Exception {
        Process du;
        try {
            du = new ProcessBuilder("du", "-k", file.toString()).start();
        } catch (IOException e) {
            return;
        }
        String kibibytes = new String(du.getInputStream().readAllBytes(), US_ASCII).split("\\s", 2)[0];
        assertThat(Long.parseLong(kibibytes) << 10)
                .as("disk space of a file of %d bytes", size)
                .isLessThan(4 << 20);
    }

    /** Arguments: an empty folder, the size of the sparse file, the number of small ones. */
    public static void main(String[] args) throws IOException {
        Path from = Files.createDirectory(Path.of(args[0], "from"));
        Path to = Path.of(args[0], "to");
        long size = Long.parseLong(args[1]);
        int files = Integer.parseInt(args[2]);
        writeSparse(from.resolve("sparse"), size);
        Path many = Files.createDirectory(from.resolve("many"));
        for (int i = 0; i < files; i++) {
            Files.writeString(many.resolve("file-" + i), "content of " + i);
        }
        long start = System.nanoTime();
        try (BackupManager manager = BackupManager.builder()
                .storage(Path.of(args[0], "store").toUri().toString())
                .database(DirectoryDatabase.of("from", from))
                .database(DirectoryDatabase.of("to", to))
                .build()) {
            String backup = manager.backupDatabase("from").objectName();
            long backedUp = System.nanoTime();
            manager.restoreDatabase(backup, RestoreOptions.builder().as("to").build());
            System.out.printf(
                    "%,d bytes sparse and %,d files: backed up in %.1f s, restored in %.1f s%n",
                    size, files, (backedUp - start) / 1e9, (System.nanoTime() - backedUp) / 1e9);
        }
        assertSame(from, to, files);
    }

    private static void assertSame(Path from, Path to, int files) throws IOException {
        assertThat(Files.mismatch(from.resolve("sparse"), to.resolve("sparse"))).isEqualTo(-1);
        for (int i = 0; i < files; i++) {
            assertThat(Files.readString(to.resolve("many/file-" + i))).isEqualTo("content of " + i);
        }
        try (var list = Files.list(to.resolve("many"))) {
            assertThat(list.count()).isEqualTo(files);
        }
    }

    private static void writeSparse(Path file, long size) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
            for (long at : new long[] {0, size / 3, size - 1}) {
                sparse.seek(at);
                sparse.write(1);
            }
        }
    }
}
