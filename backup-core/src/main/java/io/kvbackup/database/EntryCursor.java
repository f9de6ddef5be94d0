package io.kvbackup.database;

import java.io.Closeable;
import java.io.IOException;

/**
 * Gives entries one by one, ascending by key, to whoever asks for the next: the counterpart of {@link EntryVisitor}.
 * Used by one thread; whoever opened it closes it, at any time.
 */
public interface EntryCursor extends Closeable {
    /**
     * Goes to the next entry, first to the first one.
     *
     * @return false if there is none
     * @throws IOException what was given before is then worth nothing, if it came from an archive
     */
    boolean next() throws IOException;

    /** The key of the entry; the caller's to keep. */
    byte[] key();

    /** The value of the entry; the caller's to keep. */
    byte[] value();

    /** No entries at all. */
    static EntryCursor empty() {
        return new EntryCursor() {
            @Override
            public boolean next() {
                return false;
            }

            @Override
            public byte[] key() {
                throw new IllegalStateException("there is no entry");
            }

            @Override
            public byte[] value() {
                throw new IllegalStateException("there is no entry");
            }

            @Override
            public void close() {}
        };
    }

    /** Pushes all that follow into a visitor. */
    default void pushTo(EntryVisitor to) throws IOException {
        while (next()) {
            to.visit(key(), value());
        }
    }
}
