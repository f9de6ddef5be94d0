package io.kvbackup.repository;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The databases of a backup, to be backed up from there: as they were at its time. As long as sets are read in their
 * order, the backup is read once, and when the last has been read, all is proved. Used by one thread.
 */
public final class StoredSnapshots implements Closeable {
    private final BackupReader reader;
    private final StoredBackup backup;
    private final List<DatabaseContents> databases;
    private @Nullable AllEntries entries;
    private boolean waiting;
    /** The set that would be read next without going back. */
    private int next;

    public StoredSnapshots(BackupReader reader, StoredBackup backup) throws IOException {
        this.reader = reader;
        this.backup = backup;
        this.databases = reader.contents(backup).databases();
    }

    /** Opens a snapshot of each database. */
    public SnapshotGroup open() throws IOException {
        List<Database> all = new ArrayList<>();
        int first = 0;
        for (DatabaseContents contents : databases) {
            all.add(new Stored(contents, first));
            first += contents.entryCounts().size();
        }
        if (first == 0) {
            reader.verify(backup, io.kvbackup.model.ProgressListener.NONE);
        }
        return SnapshotGroup.open(all, Clock.fixed(backup.name().timestamp(), ZoneOffset.UTC));
    }

    private void read(int set, KeyRange range, EntryVisitor to) throws IOException {
        AllEntries open = entries;
        if (open == null || set < next) {
            close();
            open = reader.openAll(backup);
            entries = open;
            waiting = open.next();
        }
        next = set + 1;
        while (waiting && open.set() <= set) {
            if (open.set() == set && range.contains(open.key())) {
                to.visit(open.key(), open.value());
            }
            waiting = open.next();
        }
    }

    /** Lets go of the store. */
    @Override
    public void close() throws IOException {
        AllEntries open = entries;
        entries = null;
        next = 0;
        if (open != null) {
            open.close();
        }
    }

    private final class Stored implements Database {
        private final DatabaseContents contents;
        private final int first;

        Stored(DatabaseContents contents, int first) {
            this.contents = contents;
            this.first = first;
        }

        @Override
        public String name() {
            return contents.header().name();
        }

        @Override
        public DatabaseSnapshot openSnapshot() {
            List<String> sets = List.copyOf(contents.header().sets().keySet());
            return new DatabaseSnapshot() {
                @Override
                public DatabaseBackup header() {
                    return contents.header();
                }

                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    read(first + sets.indexOf(set), range, to);
                }

                @Override
                public OptionalLong estimatedEntries() {
                    return OptionalLong.of(contents.entryCount());
                }

                @Override
                public void close() throws IOException {
                    StoredSnapshots.this.close();
                }
            };
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) {
            throw new UnsupportedOperationException("a backup never changes");
        }
    }
}
