package io.kvbackup.database.sqlite;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HashSet;
import java.util.Set;

/** The table of changes as a log. It is part of the database, so it goes on after a restart, and its history too. */
final class SqliteChangeLog implements ChangeLog {
    /** So many notes stay behind all readers, for one that comes after a crash. */
    private static final int KEPT = 10_000;

    static final int DROPPED_AT_ONCE = 1_000;

    private final SqliteDatabase database;
    private final String history;
    private final Clock clock;
    private final Set<SqliteChangeReader> readers = new HashSet<>();
    private long lastTime;

    private SqliteChangeLog(SqliteDatabase database, String history, Clock clock) {
        this.database = database;
        this.history = history;
        this.clock = clock;
    }

    /** Makes triggers and table, unless they are there. */
    static SqliteChangeLog of(SqliteDatabase database, Clock clock) throws IOException {
        String history = database.connected("make the change log of database " + database.name(), connection -> {
            try (connection) {
                ChangeTable changes = new ChangeTable(connection);
                changes.prepare(database.tables(connection).values());
                return changes.history();
            }
        });
        return new SqliteChangeLog(database, history, clock);
    }

    @Override
    public String history() {
        return history;
    }

    @Override
    public long position() throws IOException {
        return database.connected("read the position of database " + database.name(), connection -> {
            try (connection) {
                ChangeTable changes = new ChangeTable(connection);
                changes.prepare(database.tables(connection).values());
                return changes.position();
            }
        });
    }

    @Override
    public byte[] proof(long position) throws IOException {
        byte[] nonce = database.connected("prove a commit of database " + database.name(), connection -> {
            try (connection) {
                ChangeTable changes = new ChangeTable(connection);
                changes.requireAllNoted(database.name(), position);
                return changes.nonce(position);
            }
        });
        if (nonce.length == 0) {
            throw new ChangeGapException("database " + database.name() + ": nothing is noted at position " + position
                    + "; start again from a whole backup");
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, position));
            return digest.digest(nonce);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public ChangeReader open(long after) throws IOException {
        SqliteChangeReader reader = new SqliteChangeReader(this, database, after);
        synchronized (this) {
            readers.add(reader);
        }
        return reader;
    }

    synchronized void forget(SqliteChangeReader reader) {
        readers.remove(reader);
    }

    /** Up to where notes may go. */
    synchronized long droppable() {
        return readers.stream().mapToLong(SqliteChangeReader::position).min().orElse(0) - KEPT;
    }

    /** Never earlier than before. */
    synchronized long now() {
        lastTime = Math.max(lastTime, clock.millis());
        return lastTime;
    }
}
