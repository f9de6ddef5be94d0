package io.kvbackup.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where an example keeps its database and, unless told otherwise, its backups. Holds nothing else. */
final class WorkFolder {
    private final Path root;

    WorkFolder(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    Path database() {
        return root.resolve("database");
    }

    String storageUri() {
        return root.resolve("backups").toUri().toString();
    }

    /** Removes what an earlier run left. */
    void empty() throws IOException {
        for (Path folder : List.of(database(), root.resolve("backups"))) {
            Folders.delete(folder);
        }
        Files.createDirectories(root);
    }
}
