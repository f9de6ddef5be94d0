package io.kvbackup.examples.dumps;

import io.kvbackup.database.Database;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Path;

/** Databases by URI: {@code sqlite:/var/app.db} with tables of key and value, {@code folder:/var/files}. */
final class DumpDatabase {
    private DumpDatabase() {}

    static Database open(String uri) throws IOException {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        Path path = Path.of(uri.substring(colon + 1)).toAbsolutePath().normalize();
        Path last = path.getFileName();
        if (last == null) {
            throw new IllegalArgumentException("'" + uri + "' names no database");
        }
        String name = last.toString().replaceFirst("\\.[^.]*$", "");
        return switch (scheme) {
            case "sqlite" -> SqliteDatabase.of(Database.requireName(name), path);
            case "folder" -> DirectoryDatabase.of(Database.requireName(name), path);
            default ->
                throw new IllegalArgumentException(
                        "'" + uri + "' is not the URI of a database: it begins with sqlite: or folder:");
        };
    }
}
