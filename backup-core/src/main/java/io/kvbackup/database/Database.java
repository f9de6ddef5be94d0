package io.kvbackup.database;

import io.kvbackup.model.Backup;
import io.kvbackup.model.DatabaseBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A key-value database of the host application, as the backup sees it.
 *
 * <p>Implementations are safe for use by several threads; the snapshots and restores they hand out belong to one thread
 * each. Run {@code DatabaseContract} from the test jar against your own.
 */
public interface Database {
    /** How many bytes of UTF-8 a name has at most. */
    int MAX_NAME_BYTES = 200;

    /** The name that backups are filed under; see {@link #requireName}. */
    String name();

    /**
     * Checks that backups can be filed under a name: no {@code /}, no control characters, not {@code full}, not too
     * long. A host whose users name databases checks a name before it creates one.
     *
     * @return the name
     * @throws IllegalArgumentException if it cannot be; says why
     */
    static String requireName(String name) {
        String problem = null;
        if (name.isEmpty()) {
            problem = "is empty";
        } else if (name.equals(Backup.ALL_DATABASES)) {
            problem = "is reserved for backups of all databases";
        } else if (name.equals(".") || name.equals("..")) {
            problem = "is a path";
        } else if (name.contains("/")) {
            problem = "contains '/'";
        } else if (name.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            problem = "contains control characters or unpaired surrogates";
        } else if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            problem = "is longer than " + MAX_NAME_BYTES + " bytes";
        }
        if (problem != null) {
            String shown = name.codePoints()
                    .limit(60)
                    .collect(
                            StringBuilder::new,
                            (text, c) -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c),
                            StringBuilder::append)
                    .toString();
            throw new IllegalArgumentException("database name '" + shown + "' " + problem + "; choose another");
        }
        return name;
    }

    /**
     * Fixes a consistent read view of all sets. Must not block writers where the engine has versions; where it has only
     * a lock, the lock is held until the snapshot is closed, by the calling thread.
     *
     * @throws IOException if the database is closed or gone
     */
    DatabaseSnapshot openSnapshot() throws IOException;

    /**
     * Starts to replace sets of the database. The sets that {@code header} names will hold exactly the entries that are
     * given to the restore; other sets of the database stay as they are.
     *
     * @param header describes what comes, under this database's name
     * @throws IOException if the database cannot take what is described, for example because it has no such set; says
     *     what to do
     */
    DatabaseRestore beginRestore(DatabaseBackup header) throws IOException;

    /**
     * Starts to replace only those entries of the named sets whose keys are in a range. For engines whose entries are
     * more than keys and values, so that reading and writing them all again would lose something of those that are not
     * restored. The restore is given <b>all</b> entries of the backup's sets, so that it can tell a range that is empty
     * from a name that the backup does not hold, which it refuses when it is {@linkplain DatabaseRestore#prepare
     * prepared}; it passes over those out of the range.
     *
     * @param keys not all of them
     * @return empty if there is no such way, as by default: then the entries out of the range are read from a snapshot
     *     and given to {@link #beginRestore} along with those of the backup
     */
    default Optional<DatabaseRestore> beginPartialRestore(DatabaseBackup header, KeyRange keys) throws IOException {
        return Optional.empty();
    }

    /**
     * Where the data lie in the file systems of this machine, and where restores work, as far as the database knows. A
     * manager refuses stores and databases that are in each other's way. None unless overridden.
     */
    default List<Place> places() {
        return List.of();
    }

    /**
     * A file or folder that a database uses.
     *
     * @param path need not exist
     * @param replaced whether restores put another one in its place, or empty it, so that nothing else may lie in it;
     *     several databases may share a place that is not
     * @param leftAlone tells of a path, relative to the folder, whether backups and restores leave alone what is there
     */
    record Place(Path path, boolean replaced, Predicate<Path> leftAlone) {
        public Place {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(leftAlone, "leftAlone");
        }

        /** One whose content restores change in place. */
        public static Place shared(Path path) {
            return new Place(path, false, below -> false);
        }

        /** One that restores replace as a whole. */
        public static Place replaced(Path path) {
            return new Place(path, true, below -> false);
        }
    }

    /**
     * Whether a restore could replace anything: whether the place that restores go to holds an entry. By default a
     * snapshot is looked at; a database whose restores go elsewhere than its snapshots come from looks there.
     */
    default boolean restoreReplacesEntries() throws IOException {
        return LiveEntries.any(this);
    }

    /**
     * Makes databases like this one for drills: of the same engine, with the same schema, codecs or data types, so that
     * a drill meets what a restore would meet. By default there is none, and drills of this database restore into
     * memory.
     *
     * @param folder exists, is empty, and is removed after the drill: where the engine keeps its files, unless it has
     *     to be elsewhere
     */
    default Optional<ScratchFactory> scratch(Path folder) throws IOException {
        return Optional.empty();
    }

    /**
     * The log of what is written to the database, for replication. By default there is none. One log for the life of
     * this object, whose history does not change.
     */
    default Optional<ChangeLog> changeLog() {
        return Optional.empty();
    }
}
