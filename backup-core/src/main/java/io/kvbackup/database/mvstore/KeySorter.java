package io.kvbackup.database.mvstore;

import io.kvbackup.database.KeyRange;
import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import java.io.Closeable;
import java.io.IOException;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;

/** Sorts keys by their encoded bytes in a temporary file, so that the heap stays small whatever their number. */
final class KeySorter<K> implements Closeable {
    private static final int CACHE_MIB = 8;
    private static final int BUFFER_KIB = 4 << 10;
    private static final byte[] NOTHING = {};

    @FunctionalInterface
    interface KeyVisitor<K> {
        void visit(byte[] encoded, K key) throws IOException;
    }

    private final StoredMap<?, K, ?> set;
    private final TemporaryFolder temporary;
    private final MVStore scratch;
    private final MVMap<byte[], byte[]> sorted;

    KeySorter(StoredMap<?, K, ?> set) throws IOException {
        this.set = set;
        this.temporary = TemporaryFolder.create("keys");
        try {
            scratch = new MVStore.Builder()
                    .fileName(PrivateFiles.createFile(temporary.resolve("keys.mv"))
                            .toString())
                    .cacheSize(CACHE_MIB)
                    .autoCommitBufferSize(BUFFER_KIB)
                    .open();
            sorted = scratch.openMap(
                    "keys",
                    new MVMap.Builder<byte[], byte[]>()
                            .keyType(ByteArrayDataType.INSTANCE)
                            .valueType(ByteArrayDataType.INSTANCE));
        } catch (IOException | RuntimeException e) {
            temporary.close();
            throw e;
        }
    }

    void add(K key) throws IOException {
        byte[] encoded = set.encodeKey(key);
        if (sorted.put(encoded, NOTHING) != null) {
            throw new IOException(set.place() + ": two keys are encoded to the same bytes " + set.text(encoded)
                    + "; use a key codec that tells them apart");
        }
    }

    void readKeys(KeyRange range, KeyVisitor<K> to) throws IOException {
        Cursor<byte[], byte[]> cursor = sorted.cursor(range.from());
        while (cursor.hasNext()) {
            byte[] encoded = cursor.next();
            if (!range.contains(encoded)) {
                return;
            }
            to.visit(encoded, set.keys().decode(encoded));
        }
    }

    @Override
    public void close() throws IOException {
        scratch.closeImmediately();
        temporary.close();
    }
}
