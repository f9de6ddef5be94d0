package io.kvbackup.database.sqlite;

import java.io.IOException;
import java.sql.SQLException;

final class SqliteErrors {
    private static final int BUSY = 5;

    private SqliteErrors() {}

    static IOException translate(String operation, SQLException e) {
        String hint = (e.getErrorCode() & 0xFF) == BUSY
                ? "; somebody else holds its lock: end long transactions, and use WAL mode so that readers and writers do"
                        + " not wait for each other"
                : "";
        return new IOException("cannot " + operation + ": SQLite says: " + e.getMessage() + hint, e);
    }
}
