package io.kvbackup.cli;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Optional;

/** Something to back up, as the command line names it: {@code [NAME=]ENGINE:PATH}. */
record Source(String name, PathWord place) {
    static final String HELP =
            "[NAME=]folder:FOLDER, sqlite:FILE (tables of key and value), sqlite-file:FILE (any tables) or"
                    + " rocksdb:FOLDER";

    static Source parse(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        boolean named = equals > 0 && equals < colon;
        PathWord place = PathWord.parse(named ? text.substring(equals + 1) : text, HELP);
        String name = named
                ? text.substring(0, equals)
                : String.valueOf(place.path().toAbsolutePath().normalize().getFileName());
        return new Source(name, place);
    }

    /**
     * @param excluded patterns of paths in a folder
     * @param tables of SQLite; all if empty
     */
    Database open(List<String> excluded, List<String> tables) throws IOException {
        Path path = place.path();
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is nothing to back up");
        }
        return switch (place.word()) {
            case "folder" -> folder(path, excluded);
            case "sqlite" -> SqliteDatabase.of(name, path, tables.toArray(new String[0]));
            case "sqlite-file" -> SqliteFile.of(name, path, neverRestored(path));
            case "rocksdb" -> new RocksDbAtRest(name, path);
            default -> throw place.unknown(HELP);
        };
    }

    private Database folder(Path path, List<String> excluded) throws IOException {
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException(path + " is not a folder");
        }
        DirectoryDatabase.Builder builder = DirectoryDatabase.builder(name, path);
        for (String pattern : excluded) {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            builder.exclude(matcher::matches);
        }
        return builder.build();
    }

    /** The tool restores into new places only. */
    private static Path neverRestored(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent())
                .orElse(file)
                .resolve("." + file.getFileName() + ".restored");
    }
}
