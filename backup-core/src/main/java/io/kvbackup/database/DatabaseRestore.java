package io.kvbackup.database;

import java.io.Closeable;
import java.io.IOException;

/**
 * A restore in progress: entries are staged beside the live data and swapped in by {@link #commit()}.
 *
 * <p>Closing without commit leaves the database as it was. So does a crash before commit; a crash during commit leaves
 * the old or the new state, never a mix (implementations say what a host must do for that). Used by one thread. While a
 * restore commits, the host does not write to the database; what it wrote meanwhile to the restored sets is lost.
 */
public interface DatabaseRestore extends Closeable {
    /**
     * Takes the entries of a set that the header names. Sets come one after the other, each at most once; a set that is
     * never asked for ends up empty.
     *
     * @return takes entries in unsigned lexicographic key order, each key once, until the next call of this method or
     *     {@link #commit()}; refuses others with {@link IOException}
     */
    EntryVisitor set(String name) throws IOException;

    /**
     * Sets that the header does not name are to go when this restore commits. Called before {@link #prepare}, or not at
     * all. Only a database whose host creates and drops sets at run time can do that; by default they stay.
     */
    default void dropOtherSets() {}

    /**
     * Does and checks what can be done before the live data change. A manager calls it once, after the last entry and
     * before it commits the first of several databases; {@link #commit} does without, too. Does nothing by default.
     *
     * @throws java.nio.file.NoSuchFileException if a part is to be restored that the backup does not hold
     */
    default void prepare() throws IOException {}

    /**
     * Makes everything durable, then swaps it in.
     *
     * @throws IOException if it cannot, or if other entries would be there than those that were given; then the
     *     database is as it was, unless the message says otherwise
     */
    void commit() throws IOException;

    /** Drops what was staged, unless it was committed. Does nothing the second time. */
    @Override
    void close() throws IOException;
}
