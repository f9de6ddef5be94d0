package io.kvbackup.database;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentNavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a map's entries in the order of their encoded keys, any number of times; always the same ones, unless the map
 * is scanned live.
 */
final class MapSetScan<K, V> {
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Encoded<K, V>(byte[] key, Map.Entry<K, V> entry) {}

    private final MapSet<K, V> set;
    private final Collection<Map.Entry<K, V>> entries;
    private @Nullable Boolean ascending;
    private @Nullable List<Encoded<K, V>> sorted;

    private MapSetScan(MapSet<K, V> set, Collection<Map.Entry<K, V>> entries) {
        this.set = set;
        this.entries = entries;
    }

    /**
     * @param locked whether nobody changes the map until the scan is thrown away
     * @param live whether to show changes of a navigable map as they come
     */
    static <K, V> MapSetScan<K, V> of(MapSet<K, V> set, boolean locked, boolean live) throws IOException {
        try {
            boolean asItIs = locked || (live && set.map() instanceof ConcurrentNavigableMap);
            return new MapSetScan<>(
                    set,
                    asItIs ? set.map().entrySet() : new ArrayList<>(set.map().entrySet()));
        } catch (RuntimeException e) {
            throw new IOException(set.place() + ": cannot read the map: " + e, e);
        }
    }

    int size() {
        return entries.size();
    }

    void readEntries(KeyRange range, EntryVisitor to) throws IOException {
        if (isAscending()) {
            readInMapOrder(range, to);
        } else {
            readSorted(range, to);
        }
    }

    private void readInMapOrder(KeyRange range, EntryVisitor to) throws IOException {
        byte @Nullable [] previous = null;
        for (Map.Entry<K, V> entry : entries) {
            byte[] key = set.encodeKey(entry.getKey());
            if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                throw new IOException(set.place() + ", key " + KeyText.of(entry.getKey())
                        + ": put into the map while it was read, and not where its bytes belong; give the lock that "
                        + "guards the map, or a comparator that has the order of the encoded keys");
            }
            previous = key;
            if (range.to() != null && Arrays.compareUnsigned(key, range.to()) >= 0) {
                return;
            }
            if (Arrays.compareUnsigned(key, range.from()) >= 0) {
                to.visit(key, set.encodeValue(entry.getKey(), entry.getValue()));
            }
        }
    }

    private void readSorted(KeyRange range, EntryVisitor to) throws IOException {
        List<Encoded<K, V>> all = sorted();
        for (Encoded<K, V> encoded : all.subList(firstFrom(all, range.from()), all.size())) {
            if (!range.contains(encoded.key)) {
                return;
            }
            Map.Entry<K, V> entry = encoded.entry;
            to.visit(encoded.key, set.encodeValue(entry.getKey(), entry.getValue()));
        }
    }

    /**
     * Whether the map's own order is that of the encoded keys: true of numbers in big endian, of most texts in UTF-8.
     */
    private boolean isAscending() throws IOException {
        if (ascending == null) {
            ascending = set.map() instanceof SortedMap && keysAscend();
        }
        return ascending;
    }

    private boolean keysAscend() throws IOException {
        byte @Nullable [] previous = null;
        for (Map.Entry<K, V> entry : entries) {
            byte[] key = set.encodeKey(entry.getKey());
            if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                return false;
            }
            previous = key;
        }
        return true;
    }

    private List<Encoded<K, V>> sorted() throws IOException {
        if (sorted == null) {
            List<Encoded<K, V>> all = new ArrayList<>(entries.size());
            for (Map.Entry<K, V> entry : entries) {
                all.add(new Encoded<>(set.encodeKey(entry.getKey()), entry));
            }
            all.sort(Comparator.comparing(Encoded::key, Arrays::compareUnsigned));
            refuseTwins(all);
            sorted = all;
        }
        return sorted;
    }

    private void refuseTwins(List<Encoded<K, V>> all) throws IOException {
        for (int i = 1; i < all.size(); i++) {
            if (Arrays.equals(all.get(i - 1).key, all.get(i).key)) {
                throw new IOException(set.place() + ": keys "
                        + KeyText.of(all.get(i - 1).entry.getKey()) + " and "
                        + KeyText.of(all.get(i).entry.getKey())
                        + " are encoded to the same bytes; use a key codec that tells them apart");
            }
        }
    }

    private static <K, V> int firstFrom(List<Encoded<K, V>> all, byte[] from) {
        int low = 0;
        int high = all.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(all.get(middle).key, from) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
