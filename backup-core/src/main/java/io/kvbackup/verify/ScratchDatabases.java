package io.kvbackup.verify;

import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.repository.BackupName;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scratch databases of one drill; all are removed when it ends. Used by one thread. */
final class ScratchDatabases implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(ScratchDatabases.class);

    private final ScratchFactory factory;
    private final Predicate<Database> isLive;
    private final List<Database> made = new ArrayList<>();

    /** @param isLive tells the host's own databases */
    ScratchDatabases(ScratchFactory factory, Predicate<Database> isLive) {
        this.factory = factory;
        this.isLive = isLive;
    }

    /** Makes one more, and checks that nothing can be lost in it; one that is refused is not removed either. */
    @SuppressWarnings("ConstantValue") // a host may return null whatever the annotations say
    Database create(DatabaseBackup header) throws IOException {
        requireName(header.name());
        Database scratch = factory.create(header);
        String what = "the scratch factory, asked for a database like " + header.name() + ", returned ";
        if (scratch == null) {
            throw new IllegalArgumentException(what + "null; return an empty database with its sets");
        }
        if (isLive.test(scratch)) {
            throw new IllegalArgumentException(
                    what + "the live database " + scratch.name() + "; a drill must not touch it, return another");
        }
        if (made.stream().anyMatch(other -> other == scratch)) {
            throw new IllegalArgumentException(what + "the one that it made before; each needs its own");
        }
        if (scratch.restoreReplacesEntries()) {
            throw new IllegalArgumentException(what + "database " + scratch.name()
                    + ", which has entries already; return an empty one. This one stays as it is");
        }
        made.add(scratch);
        return scratch;
    }

    /** The name comes from the archive, and a factory may make a file of it. */
    private static void requireName(String name) throws CorruptBackupException {
        try {
            BackupName.requireDatabaseName(name);
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(
                    "the archive holds a database that no restore takes: " + e.getMessage(), e);
        }
    }

    /** Whether all are in the heap. */
    boolean areInMemory() {
        return made.stream().allMatch(MapDatabase.class::isInstance);
    }

    /** Removes all of them. If one cannot be removed, that is not the fault of the backup: it is logged. */
    @Override
    public void close() {
        for (Database scratch : made) {
            try {
                factory.discard(scratch);
            } catch (IOException | RuntimeException e) {
                LOG.warn("The scratch database {} of a drill could not be thrown away: {}", scratch.name(), e, e);
            }
        }
        made.clear();
    }
}
