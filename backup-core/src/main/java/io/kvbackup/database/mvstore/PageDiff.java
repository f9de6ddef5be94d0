package io.kvbackup.database.mvstore;

import java.io.IOException;
import java.util.Comparator;
import org.h2.mvstore.Page;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entries in which two versions of a map differ. Pages are copied on write, so what both versions have in the
 * same page is passed over without being read.
 */
final class PageDiff<K, V> {
    /** Takes what differs, in the order of the map. */
    interface Differences<K, V> {
        /** In both versions, in pages that differ; perhaps of the same value. */
        void both(K oldKey, V oldValue, K newKey, V newValue) throws IOException;

        void onlyOld(K key) throws IOException;

        void onlyNew(K key, V value) throws IOException;
    }

    private final Comparator<K> order;
    private final Differences<K, V> to;

    PageDiff(Comparator<K> order, Differences<K, V> to) {
        this.order = order;
        this.to = to;
    }

    /** @param before {@code null} for nothing, as {@code after} */
    void compare(@Nullable Page<K, V> before, @Nullable Page<K, V> after) throws IOException {
        PageCursor<K, V> old = new PageCursor<>(before);
        PageCursor<K, V> now = new PageCursor<>(after);
        while (!old.isAtEnd() || !now.isAtEnd()) {
            if (old.isAtEnd()) {
                now.enterOr(() -> to.onlyNew(now.key(), now.value()));
            } else if (now.isAtEnd()) {
                old.enterOr(() -> to.onlyOld(old.key()));
            } else {
                step(old, now);
            }
        }
    }

    private void step(PageCursor<K, V> old, PageCursor<K, V> now) throws IOException {
        int compared = compareStarts(old, now);
        if (compared < 0) {
            old.enterOr(() -> to.onlyOld(old.key()));
        } else if (compared > 0) {
            now.enterOr(() -> to.onlyNew(now.key(), now.value()));
        } else if (old.isPage() && now.isPage()) {
            meet(old, now);
        } else if (old.isPage()) {
            old.enter();
        } else if (now.isPage()) {
            now.enter();
        } else {
            to.both(old.key(), old.value(), now.key(), now.value());
            old.skip();
            now.skip();
        }
    }

    /** Both stand before pages of the same first key. */
    private void meet(PageCursor<K, V> old, PageCursor<K, V> now) {
        if (old.isSamePage(now)) {
            old.skip();
            now.skip();
            return;
        }
        // A tree that has grown or shrunk has its leaves at another depth.
        boolean oldIsLeaf = old.isLeaf();
        boolean nowIsLeaf = now.isLeaf();
        if (!oldIsLeaf || nowIsLeaf) {
            old.enter();
        }
        if (!nowIsLeaf || oldIsLeaf) {
            now.enter();
        }
    }

    /** Of the keys at which the cursors stand, or those from which on their pages hold keys. */
    private int compareStarts(PageCursor<K, V> old, PageCursor<K, V> now) {
        K a = old.start();
        K b = now.start();
        if (a == null || b == null) {
            return a == null ? (b == null ? 0 : -1) : 1;
        }
        return order.compare(a, b);
    }
}
