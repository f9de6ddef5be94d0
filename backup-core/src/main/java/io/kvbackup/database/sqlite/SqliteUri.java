package io.kvbackup.database.sqlite;

import java.io.File;
import java.nio.file.Path;

/** A file as SQLite takes it, whatever its name: the driver would read {@code ?name=value} in a name as settings. */
final class SqliteUri {
    private SqliteUri() {}

    /** Bytes that are not text stay as they are, too. On Windows, names have neither, and SQLite no URIs of shares. */
    static String of(Path file) {
        Path absolute = file.toAbsolutePath();
        return File.separatorChar == '\\'
                ? absolute.toString()
                : "file:" + absolute.toUri().getRawPath();
    }
}
