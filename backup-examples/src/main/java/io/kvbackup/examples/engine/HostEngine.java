package io.kvbackup.examples.engine;

import io.kvbackup.database.Database;
import java.io.Closeable;
import java.io.IOException;

/** A host's live data: one set, {@value #SET}, of keys that are text and values that are JSON. */
public interface HostEngine extends Closeable {
    String SET = "packages";

    /** What the host hands to a backup manager. */
    Database database();

    /** What the host does all the time. Used by one thread. */
    void put(byte[] key, byte[] value) throws IOException;

    /** Several puts at once, as hosts load data. */
    default void putAll(Iterable<Entry> records) throws IOException {
        for (Entry record : records) {
            put(record.key(), record.value());
        }
    }

    /** An entry. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(byte[] key, byte[] value) {}
}
