package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are much larger than the heap, which is 64 MiB here. */
class LargeFolderTest {
    @TempDir
    private Path parent;

    @Test
    void aSparseFileAndThousandsOfSmallOnes() throws Exception {
        assertCopied(512L << 20, 1_000);
    }

    /** Takes a quarter of an hour on a slow disk: {@code -Dkvbackup.large=true}. */
    @Test
    @EnabledIfSystemProperty(named = "kvbackup.large", matches = "true")
    void aSparseFileOf20GibAnd200ThousandSmallOnes() throws Exception {
        assertCopied(20L << 30, 200_000);
    }

    private void assertCopied(long sparse, int files) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeFolderTest.class.getName(),
                        parent.toString(),
                        String.valueOf(sparse),
                        String.valueOf(files))
                .inheritIO()
                .start();
        assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isZero();
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
        Folders.copy(DirectoryDatabase.of("from", from), DirectoryDatabase.of("to", to));

        assertThat(Files.mismatch(from.resolve("sparse"), to.resolve("sparse"))).isEqualTo(-1);
        for (int i = 0; i < files; i++) {
            assertThat(to.resolve("many/file-" + i)).hasContent("content of " + i);
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
