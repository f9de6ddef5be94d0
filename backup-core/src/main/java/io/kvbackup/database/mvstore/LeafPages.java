package io.kvbackup.database.mvstore;

import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.util.Arrays;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.Page;
import org.jspecify.annotations.Nullable;

/** The leaf pages of an old version of a map, in the map's order; they are named without being read. */
record LeafPages<K, V>(StoredMap<?, K, V> set, MVMap<K, V> version) {
    /** Takes pages. */
    interface Visitor<K, V> {
        /**
         * @param keys what may lie in the page
         * @param position in the file; 0 if it is not written yet
         */
        void leaf(KeyRange keys, long position, Reading<K, V> page) throws IOException;
    }

    /** Reads a page. */
    interface Reading<K, V> {
        Page<K, V> read();
    }

    /** Whether the pages of this map are a tree of keys; those of special maps may be something else. */
    boolean areOfKeys() {
        return version.getClass() == MVMap.class;
    }

    byte[] encode(K key) throws IOException {
        return set.encodeKey(key);
    }

    /**
     * Walks over them.
     *
     * @throws KnownPages.DisorderException if the keys between pages are not in the order of encoded keys
     */
    void walk(Visitor<K, V> to) throws IOException {
        Page<K, V> root = version.getRootPage();
        if (root.isLeaf()) {
            to.leaf(KeyRange.all(), root.getPos(), () -> root);
        } else {
            walk(root, new byte[0], null, to);
        }
    }

    private void walk(Page<K, V> node, byte[] from, byte @Nullable [] to, Visitor<K, V> visitor) throws IOException {
        byte[] start = from;
        for (int i = 0; i <= node.getKeyCount(); i++) {
            StoreAccess.refuseInterrupt("read " + set.place());
            byte[] end = i == node.getKeyCount() ? to : set.encodeKey(node.getKey(i));
            if (end != null && Arrays.compareUnsigned(start, end) >= 0) {
                throw new KnownPages.DisorderException();
            }
            int child = i;
            long position = node.getChildPagePos(i);
            if (position != 0
                    ? DataUtils.isLeafPosition(position)
                    : node.getChildPage(i).isLeaf()) {
                visitor.leaf(new KeyRange(start, end), position, () -> node.getChildPage(child));
            } else {
                walk(node.getChildPage(i), start, end, visitor);
            }
            if (end != null) {
                start = end;
            }
        }
    }
}
