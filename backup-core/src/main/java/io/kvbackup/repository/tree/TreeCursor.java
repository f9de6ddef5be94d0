package io.kvbackup.repository.tree;

import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.repository.AllEntries;
import java.io.Closeable;
import java.io.IOException;

/** The entries of a backup that is a tree; says which backup is damaged if it is. Used by one thread. */
final class TreeCursor implements AllEntries {
    private final String objectName;
    /** Frees memory outside of the heap, and throws nothing. */
    interface Held extends Closeable {
        @Override
        void close();
    }

    private final Held held;
    private final TreeEntries entries;
    private boolean closed;

    /** @param held closed with this */
    TreeCursor(String objectName, Held held, TreeEntries entries) {
        this.objectName = objectName;
        this.held = held;
        this.entries = entries;
    }

    @Override
    public boolean next() throws IOException {
        if (closed) {
            throw new IOException("nothing can be read after close()");
        }
        try {
            return entries.next();
        } catch (CorruptBackupException e) {
            throw damaged(objectName, e);
        }
    }

    static CorruptBackupException damaged(String objectName, CorruptBackupException how) {
        return new CorruptBackupException("backup " + objectName + " is damaged: " + how.getMessage(), how);
    }

    @Override
    public byte[] key() {
        return entries.key();
    }

    @Override
    public byte[] value() {
        return entries.value();
    }

    @Override
    public int set() {
        return entries.set();
    }

    /** Plain bytes of the chunks that were begun. */
    long bytes() {
        return entries.bytes();
    }

    @Override
    public void close() {
        closed = true;
        try (held) {
            entries.close();
        }
    }
}
