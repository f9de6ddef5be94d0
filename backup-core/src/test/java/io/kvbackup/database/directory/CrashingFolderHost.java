package io.kvbackup.database.directory;

import io.kvbackup.disk.OtherProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A host that ends without any clean-up at a given step of a restore, run in a process of its own. */
final class CrashingFolderHost {
    static final int HALTED = 77;

    private CrashingFolderHost() {}

    /** Arguments: source, folder, restore or recover, and the number of the step at which to halt. */
    public static void main(String[] args) throws Exception {
        int haltAt = Integer.parseInt(args[3]);
        int[] reached = {0};
        DirectoryDatabase database = DirectoryDatabase.builder("d", Path.of(args[1]))
                .exclude(path -> path.startsWith("kept"))
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
        // What it cannot remove when it halts goes with the test's folder.
        try (OtherProcess host =
                OtherProcess.start(CrashingFolderHost.class, folder.getParent(), source, folder, what, haltAt)) {
            return host.exit();
        }
    }

    static Path write(Path folder, String content) throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("both"), content);
        Files.writeString(folder.resolve("sub").resolve(content), content);
        return folder;
    }
}
