package io.kvbackup.repository;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Set;

/** Reads entries of one set out of a backup, without a database to restore into. */
public final class SetReader {
    private final BackupReader reader;

    public SetReader(BackupReader reader) {
        this.reader = reader;
    }

    /**
     * Pushes entries while the backup is read, an archive from end to end.
     *
     * @throws IllegalArgumentException if the backup does not hold the database or the set
     */
    public void read(
            StoredBackup backup, String database, String set, KeyRange keys, EntryVisitor to, ProgressListener listener)
            throws IOException {
        int position = reader.contents(backup).require(backup.name().objectName(), database, set);
        EntryVisitor inRange = (key, value) -> {
            if (keys.contains(key)) {
                to.visit(key, value);
            }
        };
        ReadScope scope = new ReadScope(Set.of(database), Set.of(set), keys);
        reader.read(backup, scope, new Selecting(position, set, inRange), listener);
    }

    /** Leads one set of one database to a visitor. */
    private static final class Selecting extends DiscardingVisitor {
        private final int wanted;
        private final String set;
        private final EntryVisitor to;
        private int position = -1;

        /** @param wanted the database's place in the archive, which may tell names only at the end */
        Selecting(int wanted, String set, EntryVisitor to) {
            this.wanted = wanted;
            this.set = set;
            this.to = to;
        }

        @Override
        public void beginDatabase(String name) {
            position++;
        }

        @Override
        public EntryVisitor beginSet(SetBackup header) {
            return position == wanted && header.name().equals(set) ? to : NO_ENTRIES;
        }
    }
}
