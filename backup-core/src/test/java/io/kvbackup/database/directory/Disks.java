package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What Java does not tell of files. */
final class Disks {
    private Disks() {}

    static long allocatedBytes(Path file) {
        return Long.parseLong(run("stat", "-c", "%b", file.toString()).strip()) * 512;
    }

    static void makePipe(Path path) {
        run("mkfifo", path.toString());
    }

    private static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
            return output;
        } catch (java.io.IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
