package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.directory.DirectoryDatabase;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where a restore goes: a new database of an engine, or a folder. If a backup holds several databases, each goes to a
 * place of its name below the path.
 */
final class Target implements DatabaseCatalog {
    static final String HELP =
            "rocksdb:FOLDER, mvstore:FILE, sqlite:FILE, jsonl:FILE, or folder:FOLDER for a backup of files";

    private final Optional<Engine> engine;
    private final Path path;
    private final boolean several;

    private Target(Optional<Engine> engine, Path path, boolean several) {
        this.engine = engine;
        this.path = path;
        this.several = several;
    }

    static Target parse(String text) {
        PathWord word = PathWord.parse(text, HELP);
        if (word.is("folder")) {
            return new Target(Optional.empty(), word.path(), false);
        }
        for (Engine engine : Engine.values()) {
            if (word.is(engine.word())) {
                return new Target(Optional.of(engine), word.path(), false);
            }
        }
        throw word.unknown(HELP);
    }

    /** The same place for each database of a backup of several. */
    Target below() {
        return new Target(engine, path, true);
    }

    boolean isFolder() {
        return engine.isEmpty();
    }

    @Override
    public Set<String> databaseNames() {
        return Set.of();
    }

    @Override
    public Database database(String name) throws IOException {
        Path place = several ? path.resolve(name) : path;
        if (engine.isPresent()) {
            return new NewDatabase(name, engine.get(), place);
        }
        requireEmpty(place);
        return DirectoryDatabase.builder(name, place).build();
    }

    @Override
    public void dropDatabase(String name) {}

    private static void requireEmpty(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            NewDatabase.requireNew(folder);
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            if (files.iterator().hasNext()) {
                throw new FileAlreadyExistsException(
                        folder.toString(), null, "the folder is not empty; restore into a new or empty one");
            }
        }
    }

    @Override
    public String toString() {
        return engine.map(Engine::word).orElse("folder") + ":" + path;
    }
}
