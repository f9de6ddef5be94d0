package io.kvbackup.database.mvstore;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/** Reads an old version of a map in the order of its encoded keys. */
final class MapView<K, V> implements Closeable {
    private final StoredMap<?, K, V> set;
    private final MVMap<K, V> version;
    private final KnownPages known;
    private final LeafPages<K, V> pages;
    private @Nullable Boolean ascending;
    private @Nullable KeySorter<K> sorter;

    MapView(StoredMap<?, K, V> set, MVMap<K, V> version, KnownPages known) {
        this.set = set;
        this.version = version;
        this.known = known;
        this.pages = new LeafPages<>(set, version);
    }

    long size() {
        return version.sizeAsLong();
    }

    /** Its pages, if entries are read in their order. */
    Optional<DatabaseSnapshot.Runs> runs() throws IOException {
        return pages.areOfKeys() && keysAscend() ? Optional.of(known.runs(pages)) : Optional.empty();
    }

    void readEntries(KeyRange range, EntryVisitor to) throws IOException {
        if (keysAscend()) {
            readInMapOrder(range, to);
        } else {
            readSorted(range, to);
        }
    }

    private void readInMapOrder(KeyRange range, EntryVisitor to) throws IOException {
        long first = firstFrom(range.from());
        if (first >= version.sizeAsLong()) {
            return;
        }
        Cursor<K, V> cursor = version.cursor(version.getKey(first));
        while (cursor.hasNext()) {
            StoreAccess.refuseInterrupt("read " + set.place());
            byte[] key = set.encodeKey(cursor.next());
            if (!range.contains(key)) {
                return;
            }
            to.visit(key, set.encodeValue(key, cursor.getValue()));
        }
    }

    private void readSorted(KeyRange range, EntryVisitor to) throws IOException {
        sorter().readKeys(range, (encoded, key) -> {
            StoreAccess.refuseInterrupt("read " + set.place());
            V value = version.get(key);
            if (value == null) {
                throw new IOException(set.place() + ", key " + set.text(encoded)
                        + ": not found again; its codec does not give back the key that it was given");
            }
            to.visit(encoded, set.encodeValue(encoded, value));
        });
    }

    /** Pages know how many entries are below them, so positions can be halved without reading all. */
    private long firstFrom(byte[] from) throws IOException {
        long low = 0;
        long high = from.length == 0 ? 0 : version.sizeAsLong();
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(set.encodeKey(version.getKey(middle)), from) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * Whether the map's own order is that of the encoded keys; found out once, by reading the keys of pages that are
     * not known.
     */
    private boolean keysAscend() throws IOException {
        Boolean found = ascending;
        if (found == null) {
            found = pages.areOfKeys() ? known.ascend(pages) : findWhetherKeysAscend();
            ascending = found;
        }
        return found;
    }

    private boolean findWhetherKeysAscend() throws IOException {
        byte @Nullable [] previous = null;
        Cursor<K, V> cursor = version.cursor(null);
        while (cursor.hasNext()) {
            StoreAccess.refuseInterrupt("read " + set.place());
            byte[] key = set.encodeKey(cursor.next());
            if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                return false;
            }
            previous = key;
        }
        return true;
    }

    private KeySorter<K> sorter() throws IOException {
        if (sorter == null) {
            KeySorter<K> filling = new KeySorter<>(set);
            sorter = filling;
            Cursor<K, V> cursor = version.cursor(null);
            while (cursor.hasNext()) {
                StoreAccess.refuseInterrupt("read " + set.place());
                filling.add(cursor.next());
            }
        }
        return sorter;
    }

    @Override
    public void close() throws IOException {
        if (sorter != null) {
            sorter.close();
        }
    }
}
