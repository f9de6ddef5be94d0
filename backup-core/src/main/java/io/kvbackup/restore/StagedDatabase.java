package io.kvbackup.restore;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.repository.Closeables;
import io.kvbackup.repository.DiscardingVisitor;
import io.kvbackup.repository.ReadScope;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One database of a restore: takes what the archive holds of it. Where only some keys are restored, and the engine
 * cannot replace those alone, it takes the other keys from the live database, so that each set is staged whole and in
 * order.
 */
final class StagedDatabase implements Closeable {
    private final String name;
    private final ReadScope scope;
    private final boolean dryRun;
    private final DatabaseRestore restore;
    private final boolean inPart;
    private final @Nullable DatabaseSnapshot live;
    private @Nullable EntryVisitor current;
    private long found;

    /** @param dryRun whether it will not be committed, so that nothing has to be staged */
    StagedDatabase(Database target, DatabaseBackup header, ReadScope scope, boolean dryRun) throws IOException {
        this.name = target.name();
        this.scope = scope;
        this.dryRun = dryRun;
        DatabaseBackup wanted = scope.limit(header).withName(name);
        Optional<DatabaseRestore> part =
                scope.isWholeSets() ? Optional.empty() : target.beginPartialRestore(wanted, scope.keys());
        this.inPart = part.isPresent();
        this.live = inPart || dryRun || scope.isWholeSets() ? null : openIfPresent(target);
        try {
            this.restore = inPart ? part.get() : target.beginRestore(wanted);
        } catch (Throwable e) {
            if (live != null) {
                Closeables.closeAfter(e, live);
            }
            throw e;
        }
    }

    private static @Nullable DatabaseSnapshot openIfPresent(Database target) throws IOException {
        try {
            return target.openSnapshot();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Takes the archive's entries of a set, in order; those out of scope are passed over. */
    EntryVisitor beginSet(String set) throws IOException {
        current = null;
        if (!scope.includes(set)) {
            return DiscardingVisitor.NO_ENTRIES;
        }
        EntryVisitor staged = dryRun && !inPart ? DiscardingVisitor.NO_ENTRIES : restore.set(set);
        if (scope.isWholeSets()) {
            return staged;
        }
        if (inPart) {
            return (key, value) -> {
                found += scope.keys().contains(key) ? 1 : 0;
                staged.visit(key, value);
            };
        }
        current = staged;
        if (scope.keys().from().length > 0) {
            readLive(set, new KeyRange(new byte[0], scope.keys().from()), staged);
        }
        return (key, value) -> {
            if (scope.keys().contains(key)) {
                found++;
                staged.visit(key, value);
            }
        };
    }

    /** Ends a set: the live keys that come after the range follow. */
    void endSet(String set) throws IOException {
        byte[] end = scope.keys().to();
        if (current != null && end != null) {
            readLive(set, new KeyRange(end, null), current);
        }
    }

    private void readLive(String set, KeyRange keys, EntryVisitor staged) throws IOException {
        if (live != null && live.header().sets().containsKey(set)) {
            live.readEntries(set, keys, staged);
        }
    }

    void dropOtherSets() {
        restore.dropOtherSets();
    }

    /**
     * Lets go of the live database: whatever the snapshot locks is needed by commits, of others too.
     *
     * @throws NoSuchFileException if one key was to be restored and the backup does not hold it
     */
    void prepare() throws IOException {
        if (live != null) {
            live.close();
        }
        if (scope.keys().isOneKey() && found == 0) {
            throw new NoSuchFileException(
                    name,
                    null,
                    "the backup does not hold " + scope.keys() + " in any set to be restored; nothing was changed");
        }
        if (inPart || !dryRun) {
            restore.prepare();
        }
    }

    String name() {
        return name;
    }

    void commit() throws IOException {
        restore.commit();
    }

    @Override
    public void close() throws IOException {
        Closeables.closeAll(live == null ? List.of(restore) : List.of(live, restore));
    }
}
