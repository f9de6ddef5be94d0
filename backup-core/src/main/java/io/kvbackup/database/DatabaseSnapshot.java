package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** A consistent read view of a database at one instant. Used by one thread, which also closes it. */
public interface DatabaseSnapshot extends Closeable {
    /** Names the sets with their encodings, the indexes and the access settings; without entries. */
    DatabaseBackup header();

    /**
     * Pushes the entries of a set into a visitor, in unsigned lexicographic key order, each key once. May be called
     * again, for the same or another set, and then shows the same entries.
     *
     * @param set one of those named by {@link #header()}
     * @param to its exceptions end the scan and pass through
     */
    void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException;

    /** About how many entries all sets hold together; only for progress reports. */
    default OptionalLong estimatedEntries() {
        return OptionalLong.empty();
    }

    /**
     * Tells which entries of a set are those of an earlier snapshot without reading them, if the engine knows; empty if
     * it does not, as by default. Incremental backups then read only what may have changed.
     *
     * @param set one of those named by {@link #header()}
     */
    default Optional<Runs> runs(String set) throws IOException {
        return Optional.empty();
    }

    /**
     * The entries of a set in runs with stamps, such as its pages or files. Two snapshots of one database that give a
     * run with the same keys and the same stamp show the same entries in it.
     */
    interface Runs {
        /**
         * Pushes the runs into a visitor, in ascending key order. They do not overlap, and every entry of the set lies
         * in one.
         */
        void read(Visitor to) throws IOException;

        /** Whether stamps mean the same after the database was closed and opened again, perhaps by another process. */
        boolean areLasting();

        /** Takes runs. */
        @FunctionalInterface
        interface Visitor {
            /** @param stamp empty if the entries cannot be known to be the same, so that they are read each time */
            void visit(KeyRange keys, byte[] stamp) throws IOException;
        }
    }

    /**
     * Where this view stands in the {@linkplain Database#changeLog() log} of its database. Asked for after the entries
     * have been read: a view that is not of one moment spans what was committed while it was read.
     *
     * @return empty if there is no log, or a commit still goes on of which the view may show a part
     */
    default Optional<ChangeLog.Span> changes() {
        return Optional.empty();
    }

    /** Releases the view and any lock. Does nothing the second time. */
    @Override
    void close() throws IOException;
}
