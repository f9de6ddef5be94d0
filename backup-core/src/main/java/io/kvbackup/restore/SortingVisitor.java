package io.kvbackup.restore;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Puts entries in order before it passes them on; of several with one key the last wins, as it does in any JSON object.
 * Holds a whole set in memory: only needed for archives of other software, which held it in memory too.
 */
final class SortingVisitor implements EntryVisitor {
    private final EntryVisitor to;
    private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);

    SortingVisitor(EntryVisitor to) {
        this.to = to;
    }

    @Override
    public void visit(byte[] key, byte[] value) {
        entries.put(key, value);
    }

    void flush() throws IOException {
        for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
            to.visit(entry.getKey(), entry.getValue());
        }
        entries.clear();
    }
}
