package io.kvbackup.database.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A host that ends without any clean-up at a given step of a restore, run in a process of its own. */
final class CrashingFolderHost {
    static final int HALTED = 77;

    private CrashingFolderHost() {}

    /** Arguments: source, folder, restore or recover, and the number of the step at which to halt. */
    public static void main(String[] args) throws Exception {
        int haltAt = Integer.parseInt(args[3]);
        int[] reached = {0};
        DirectoryDatabase database = DirectoryDatabase.builder("d", Path.of(args[1]))
                .steps(step -> {
                    if (reached[0]++ == haltAt) {
                        Runtime.getRuntime().halt(HALTED);
                    }
                })
                .build();
        if (args[2].equals("restore")) {
            Folders.copy(DirectoryDatabase.of("s", Path.of(args[0])), database);
        }
    }

    static int run(Path source, Path folder, String what, int haltAt) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingFolderHost.class.getName(),
                        source.toString(),
                        folder.toString(),
                        what,
                        String.valueOf(haltAt))
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", what).isTrue();
        return process.exitValue();
    }

    static Path write(Path folder, String content) throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("both"), content);
        Files.writeString(folder.resolve("sub").resolve(content), content);
        return folder;
    }
}
