package io.kvbackup.database;

import java.io.IOException;

/**
 * What happened to a database, commit by commit, as its engine or a recorder of the host remembers it. Safe for use by
 * several threads. Run {@code ChangeLogContract} from the test jar against your own.
 *
 * <p>A position is a number that grows with every commit; a commit ends at one. A log that may have missed something
 * says so by {@link ChangeGapException}, and never passes over it: replication then starts again from a whole backup.
 */
public interface ChangeLog {
    /**
     * Names the history that positions count. Positions of different histories cannot be compared; a database that was
     * restored or opened anew, or whose log cannot tell, has a new one.
     */
    String history();

    /** The position of the newest commit. */
    long position() throws IOException;

    /**
     * A digest of the commit that ends at a position, 32 bytes: equal for equal commits only.
     *
     * @throws ChangeGapException if the log no longer holds that commit, or no commit ends there
     */
    byte[] proof(long position) throws IOException;

    /**
     * Reads all commits after a position.
     *
     * @param after where a commit ends, or where a snapshot was taken
     * @throws ChangeGapException unless every commit after it can still be read
     */
    ChangeReader open(long after) throws IOException;

    /**
     * Where a snapshot stands in the log.
     *
     * @param replayFrom commits after this position may be missing in the snapshot, all up to it are in it
     * @param consistentAt no commit after this position is in the snapshot; once all up to it are replayed, the content
     *     is that of one moment
     */
    record Span(long replayFrom, long consistentAt) {
        public Span {
            if (Long.compareUnsigned(replayFrom, consistentAt) > 0) {
                throw new IllegalArgumentException("a snapshot cannot be consistent at " + consistentAt
                        + ", before the position " + replayFrom + " from which its log is replayed");
            }
        }

        /** A snapshot that stands between two commits. */
        public static Span exact(long position) {
            return new Span(position, position);
        }
    }
}
