package io.kvbackup.examples.benchmark;

import io.kvbackup.examples.Folders;
import java.io.IOException;
import java.nio.file.Path;

/** Where a benchmark keeps what it makes. */
record WorkFolders(Path root) {
    WorkFolders {
        root = root.toAbsolutePath().normalize();
    }

    /** For warming up. */
    Path small() {
        return root.resolve("small");
    }

    Path large() {
        return root.resolve("large");
    }

    private Path backups() {
        return root.resolve("backups");
    }

    String storageUri() {
        return backups().toUri().toString();
    }

    void empty() throws IOException {
        Folders.delete(small());
        Folders.delete(large());
        Folders.delete(backups());
    }
}
