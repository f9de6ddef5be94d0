package io.kvbackup.database.contract;

import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Hands every call on to another database; tests override what they watch or spoil. */
public class WrappedDatabase implements Database {
    private final Database inner;

    public WrappedDatabase(Database inner) {
        this.inner = inner;
    }

    /** What is to stand for a snapshot of the other database. */
    protected DatabaseSnapshot wrap(DatabaseSnapshot snapshot) {
        return snapshot;
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return wrap(inner.openSnapshot());
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        return inner.beginRestore(header);
    }

    @Override
    public Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return inner.beginPartialRestore(header, keys);
    }

    @Override
    public List<Place> places() {
        return inner.places();
    }

    @Override
    public boolean restoreReplacesEntries() throws IOException {
        return inner.restoreReplacesEntries();
    }

    @Override
    public Optional<ScratchFactory> scratch(Path folder) throws IOException {
        return inner.scratch(folder);
    }

    @Override
    public Optional<ChangeLog> changeLog() {
        return inner.changeLog();
    }

    /** Hands every call on to another snapshot. */
    public static class Snapshot implements DatabaseSnapshot {
        private final DatabaseSnapshot inner;

        public Snapshot(DatabaseSnapshot inner) {
            this.inner = inner;
        }

        @Override
        public DatabaseBackup header() {
            return inner.header();
        }

        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            inner.readEntries(set, range, to);
        }

        @Override
        public OptionalLong estimatedEntries() {
            return inner.estimatedEntries();
        }

        @Override
        public Optional<Runs> runs(String set) throws IOException {
            return inner.runs(set);
        }

        @Override
        public Optional<ChangeLog.Span> changes() {
            return inner.changes();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }
}
