package io.kvbackup.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

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
            delete(folder);
        }
        Files.createDirectories(root);
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(folder)) {
            paths = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
