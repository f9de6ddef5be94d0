package io.kvbackup.database.sqlite;

import java.io.IOException;
import java.sql.SQLException;

final class SqliteErrors {
    private static final int BUSY = 5;

    /** By name, as hosts may have the driver at run time only. */
    private static final String NO_LIBRARY = "org.sqlite.NativeLibraryNotFoundException";

    private SqliteErrors() {}

    static IOException translate(String operation, SQLException e) {
        String hint = "";
        if ((e.getErrorCode() & 0xFF) == BUSY) {
            hint = "; somebody else holds its lock: end long transactions, and use WAL mode so that readers and "
                    + "writers do not wait for each other";
        } else if (e.getCause() != null && e.getCause().getClass().getName().equals(NO_LIBRARY)) {
            hint = ": " + e.getCause().getMessage() + "; the driver unpacks its library into java.io.tmpdir, "
                    + System.getProperty("java.io.tmpdir") + ", which must be a folder that this process may write to";
        }
        return new IOException("cannot " + operation + ": SQLite says: " + e.getMessage() + hint, e);
    }
}
