package io.kvbackup;

import io.kvbackup.database.KeyRange;
import java.util.Arrays;
import java.util.Objects;

/**
 * A key in which two backups differ.
 *
 * @param database in which it is
 * @param set in which it is
 * @param key its bytes
 * @param kind how they differ
 */
@SuppressWarnings("ArrayRecordComponent") // keys are bytes; equality is defined below
public record DiffEntry(String database, String set, byte[] key, DiffKind kind) {
    @Override
    public boolean equals(Object other) {
        return other instanceof DiffEntry entry
                && database.equals(entry.database)
                && set.equals(entry.set)
                && kind == entry.kind
                && Arrays.equals(key, entry.key);
    }

    @Override
    public int hashCode() {
        return Objects.hash(database, set, Arrays.hashCode(key), kind);
    }

    /** Says the key as text, as far as it is text. */
    @Override
    public String toString() {
        return kind + " " + database + ", set " + set + ", " + KeyRange.only(key);
    }
}
