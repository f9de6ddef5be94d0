package io.kvbackup.database.sqlite;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads which keys were noted and, in the same read transaction, what their rows hold. So all that was committed since
 * it last read comes as one commit.
 */
final class SqliteChangeReader implements ChangeReader {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteChangeReader.class);

    private final SqliteChangeLog log;
    private final SqliteDatabase database;
    private final Map<String, Table> tables = new LinkedHashMap<>();
    private volatile long position;
    private byte[] nonce;
    private @Nullable Connection kept;
    private @Nullable Object file;
    private boolean closed;

    SqliteChangeReader(SqliteChangeLog log, SqliteDatabase database, long after) throws IOException {
        this.log = log;
        this.database = database;
        this.position = after;
        this.nonce = on(changes -> {
            changes.requireAllNoted(database.name(), after);
            tables.putAll(database.tables(changes.connection()));
            return changes.nonce(after);
        });
    }

    long position() {
        return position;
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(ChangeTable changes) throws IOException, SQLException;
    }

    /** In a transaction of its own. A file's connection is kept, one of a data source is given back. */
    private <T> T on(Work<T> work) throws IOException {
        Object fileNow = database.fileKey();
        if (kept != null && !Objects.equals(file, fileNow)) {
            close(kept);
            kept = null;
        }
        file = fileNow;
        Connection connection =
                kept == null ? database.connected("read the log of database " + database.name(), each -> each) : kept;
        kept = null;
        boolean good = false;
        try {
            T result = inTransaction(connection, work);
            good = fileNow != null && !closed;
            return result;
        } catch (SQLException e) {
            throw SqliteErrors.translate("read the log of database " + database.name(), e);
        } finally {
            if (good) {
                kept = connection;
            } else {
                close(connection);
            }
        }
    }

    private static <T> T inTransaction(Connection connection, Work<T> work) throws IOException, SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            try {
                return work.on(new ChangeTable(connection));
            } finally {
                statement.execute("ROLLBACK");
            }
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("cannot close a connection", e);
        }
    }

    @Override
    public synchronized boolean read(ChangeVisitor to, long maxBytes) throws IOException {
        if (closed) {
            throw new IOException("the reader of the log of database " + database.name() + " is closed");
        }
        long before = position;
        on(changes -> {
            long now = changes.position();
            if (now != before) {
                push(changes, now, to);
            } else if (!Arrays.equals(nonce, changes.nonce(now))) {
                throw replaced();
            } else {
                changes.requireAllNoted(database.name(), before);
            }
            return now;
        });
        if (position != before) {
            dropRead();
        }
        return false;
    }

    private ChangeGapException replaced() {
        return new ChangeGapException("database " + database.name() + ": position " + position
                + " is another one than was read; was an older file put in its place? Start again from a whole backup");
    }

    private void push(ChangeTable changes, long now, ChangeVisitor to) throws IOException, SQLException {
        changes.requireAllNoted(database.name(), position);
        if (!Arrays.equals(nonce, changes.nonce(position))) {
            throw replaced();
        }
        for (Table table : tables.values()) {
            changes.push(table, position, now, to);
        }
        to.commit(now, Instant.ofEpochMilli(log.now()));
        nonce = changes.nonce(now);
        position = now;
    }

    /** Whatever cannot be dropped now is dropped later. */
    private void dropRead() {
        Connection connection = kept;
        long upTo = log.droppable();
        try {
            if (connection != null && upTo > 0) {
                new ChangeTable(connection).drop(upTo, SqliteChangeLog.DROPPED_AT_ONCE);
            } else if (upTo > 0) {
                database.connected("drop what was read of the log of database " + database.name(), pooled -> {
                    try (pooled) {
                        new ChangeTable(pooled).drop(upTo, SqliteChangeLog.DROPPED_AT_ONCE);
                        return true;
                    }
                });
            }
        } catch (IOException | SQLException e) {
            LOG.debug("The log of database {} stays as long as it is: {}", database.name(), e.toString());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        log.forget(this);
        if (kept != null) {
            close(kept);
            kept = null;
        }
    }
}
