package io.kvbackup.restore;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.DatabaseContents;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.BackupReader;
import io.kvbackup.repository.DiscardingVisitor;
import io.kvbackup.repository.ReadScope;
import io.kvbackup.repository.StoredBackup;
import java.io.IOException;
import java.util.List;
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
        List<DatabaseContents> held = reader.contents(backup).databases();
        List<String> names =
                held.stream().map(contents -> contents.header().name()).toList();
        int position = names.indexOf(database);
        if (position < 0) {
            throw new IllegalArgumentException(
                    backup.name().objectName() + " holds the databases " + names + ", not '" + database + "'");
        }
        ReadScope scope = new ReadScope(Set.of(set), keys);
        scope.limit(held.get(position).header());
        EntryVisitor inRange = (key, value) -> {
            if (keys.contains(key)) {
                to.visit(key, value);
            }
        };
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
