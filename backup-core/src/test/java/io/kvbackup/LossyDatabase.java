package io.kvbackup;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.DatabaseBackup;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/** A database whose adapter does not restore what it is given, and says nothing. */
final class LossyDatabase implements Database, Closeable {
    /** What it does to the third entry of each set. */
    enum Flaw {
        NONE,
        DROPS,
        CHANGES_THE_VALUE,
        CHANGES_THE_KEY,
        MOVES_A_BYTE_FROM_VALUE_TO_KEY,
        ADDS
    }

    private final Database sound;
    private final Flaw flaw;
    private boolean closed;

    LossyDatabase(Database sound, Flaw flaw) {
        this.sound = sound;
        this.flaw = flaw;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public String name() {
        return sound.name();
    }

    @Override
    public DatabaseSnapshot openSnapshot() throws IOException {
        return sound.openSnapshot();
    }

    @Override
    public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
        DatabaseRestore restore = sound.beginRestore(header);
        return new DatabaseRestore() {
            @Override
            public EntryVisitor set(String name) throws IOException {
                return lossy(restore.set(name));
            }

            @Override
            public void commit() throws IOException {
                restore.commit();
            }

            @Override
            public void close() throws IOException {
                restore.close();
            }
        };
    }

    private EntryVisitor lossy(EntryVisitor to) {
        int[] number = {0};
        return (key, value) -> {
            if (++number[0] != 3) {
                to.visit(key, value);
                return;
            }
            switch (flaw) {
                case DROPS -> {}
                case CHANGES_THE_VALUE -> to.visit(key, flipped(value));
                case CHANGES_THE_KEY -> to.visit(joined(key, (byte) 0), value);
                case MOVES_A_BYTE_FROM_VALUE_TO_KEY ->
                    to.visit(joined(key, value[0]), Arrays.copyOfRange(value, 1, value.length));
                case ADDS -> {
                    to.visit(key, value);
                    to.visit(joined(key, (byte) 0), value);
                }
                case NONE -> to.visit(key, value);
            }
        };
    }

    private static byte[] flipped(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    private static byte[] joined(byte[] start, byte last) {
        byte[] all = Arrays.copyOf(start, start.length + 1);
        all[start.length] = last;
        return all;
    }

    @Override
    public void close() {
        closed = true;
    }
}
