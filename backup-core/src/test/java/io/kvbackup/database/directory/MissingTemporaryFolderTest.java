package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A temporary folder that is missing is not the fault of the folder that is backed up. */
class MissingTemporaryFolderTest {
    @TempDir
    private Path folder;

    /** Exits with 0 if the error names the temporary folder and what to do. */
    public static void main(String[] args) throws IOException {
        Path live = Path.of(args[0]);
        try {
            DirectoryDatabase.of("data", live).openSnapshot().close();
            System.exit(1);
        } catch (IOException e) {
            System.err.println(e);
            String message = String.valueOf(e.getMessage());
            boolean right = message.contains(System.getProperty("java.io.tmpdir"))
                    && message.contains("no such folder")
                    && message.contains("-Djava.io.tmpdir")
                    && !message.contains("keep still");
            System.exit(right ? 0 : 2);
        }
    }

    @Test
    void isNamedInTheError() throws Exception {
        Path live = Files.createDirectory(folder.resolve("live"));
        Files.writeString(live.resolve("a"), "1");
        try (OtherProcess other =
                OtherProcess.start(MissingTemporaryFolderTest.class, folder.resolve("missing"), live)) {
            assertThat(other.exit()).isZero();
        }
    }
}
