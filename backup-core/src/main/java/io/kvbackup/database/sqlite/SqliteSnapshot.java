package io.kvbackup.database.sqlite;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A read transaction. */
final class SqliteSnapshot implements DatabaseSnapshot {
    private final DatabaseBackup header;
    private final Map<String, Table> tables;
    private final Optional<ChangeLog.Span> span;
    private @Nullable Connection connection;

    /** Takes over the connection, which is within a read transaction. */
    SqliteSnapshot(
            Connection connection, DatabaseBackup header, Map<String, Table> tables, Optional<ChangeLog.Span> span) {
        this.connection = connection;
        this.header = header;
        this.tables = tables;
        this.span = span;
    }

    @Override
    public DatabaseBackup header() {
        return header;
    }

    @Override
    public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
        if (connection == null) {
            throw new IOException("the snapshot of database " + header.name() + " is closed");
        }
        Table table = tables.get(set);
        if (table == null) {
            throw new IllegalArgumentException(
                    "database " + header.name() + " has no set " + set + ", only " + tables.keySet());
        }
        try {
            new TableScan(connection, table).readEntries(range, to);
        } catch (SQLException e) {
            throw SqliteErrors.translate("read table " + set + " of database " + header.name(), e);
        }
    }

    @Override
    public Optional<ChangeLog.Span> changes() {
        return span;
    }

    @Override
    public void close() throws IOException {
        Connection held = connection;
        connection = null;
        if (held != null) {
            try (held;
                    Statement statement = held.createStatement()) {
                statement.execute("ROLLBACK");
            } catch (SQLException e) {
                throw SqliteErrors.translate("close a snapshot of database " + header.name(), e);
            }
        }
    }
}
