package io.kvbackup.database;

import java.io.IOException;
import java.time.Instant;

/**
 * Takes changes in the order in which they were made. What comes before {@link #commit} since the one before it is one
 * transaction, and means nothing until then. Arrays are the visitor's to keep; nobody changes them afterwards.
 */
public interface ChangeVisitor {
    /** A key now has this value, whatever it had before. */
    void put(String set, byte[] key, byte[] value) throws IOException;

    /** A key is gone, if it was there. */
    void delete(String set, byte[] key) throws IOException;

    /** All keys in the range are gone. */
    void deleteRange(String set, KeyRange keys) throws IOException;

    /**
     * What came since the last commit took effect as one.
     *
     * @param position greater, as an unsigned number, than that of the last commit
     * @param time when it was committed, to the millisecond; never earlier than the last one
     */
    void commit(long position, Instant time) throws IOException;
}
