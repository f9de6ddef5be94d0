package io.kvbackup.database.mvstore;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.Page;
import org.jspecify.annotations.Nullable;

/** Walks over a tree of pages in the order of its keys, into a page only if told so. */
final class PageCursor<K, V> {
    @FunctionalInterface
    interface AtEntry {
        void run() throws IOException;
    }

    /** A page that was entered, and where in it the cursor stands. */
    private static final class Level<K, V> {
        private final Page<K, V> page;
        private final @Nullable K start;
        private int index;

        private Level(Page<K, V> page, @Nullable K start) {
            this.page = page;
            this.start = start;
        }

        private boolean isOver() {
            return index >= (page.isLeaf() ? page.getKeyCount() : page.getKeyCount() + 1);
        }
    }

    private final Deque<Level<K, V>> levels = new ArrayDeque<>();

    PageCursor(@Nullable Page<K, V> root) {
        if (root != null) {
            levels.push(new Level<>(root, null));
            leaveFinished();
        }
    }

    boolean isAtEnd() {
        return levels.isEmpty();
    }

    private Level<K, V> top() {
        return levels.element();
    }

    /** Whether it stands before a page that it has not entered; if not, at an entry. */
    boolean isPage() {
        return !top().page.isLeaf();
    }

    /** The key of the entry, or a key before which the page holds none; {@code null} for a page that may hold any. */
    @Nullable
    K start() {
        Level<K, V> top = top();
        if (top.page.isLeaf()) {
            return top.page.getKey(top.index);
        }
        return top.index == 0 ? top.start : top.page.getKey(top.index - 1);
    }

    K key() {
        return top().page.getKey(top().index);
    }

    V value() {
        return top().page.getValue(top().index);
    }

    /** Whether the page before which it stands is a leaf. */
    boolean isLeaf() {
        long place = top().page.getChildPagePos(top().index);
        return place == 0 ? child().isLeaf() : DataUtils.getPageType(place) == DataUtils.PAGE_TYPE_LEAF;
    }

    /** Whether another stands before the very same page. One that is not saved has no place yet. */
    boolean isSamePage(PageCursor<K, V> other) {
        long place = top().page.getChildPagePos(top().index);
        long others = other.top().page.getChildPagePos(other.top().index);
        return (place == 0 || others == 0) ? child() == other.child() : place == others;
    }

    private Page<K, V> child() {
        return top().page.getChildPage(top().index);
    }

    /** Goes into the page. */
    void enter() {
        Level<K, V> below = new Level<>(child(), start());
        top().index++;
        levels.push(below);
        leaveFinished();
    }

    /** Goes past the page or entry. */
    void skip() {
        top().index++;
        leaveFinished();
    }

    /** Goes into a page, or past an entry after something was done with it. */
    void enterOr(AtEntry action) throws IOException {
        if (isPage()) {
            enter();
        } else {
            action.run();
            skip();
        }
    }

    private void leaveFinished() {
        while (!levels.isEmpty() && top().isOver()) {
            levels.pop();
        }
    }
}
