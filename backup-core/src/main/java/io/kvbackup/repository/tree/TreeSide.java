package io.kvbackup.repository.tree;

import io.kvbackup.database.EntryCursor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.ChunkCursor;
import io.kvbackup.format.tree.Ref;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One of two trees that are compared: opens what is asked for, and nothing before. Used by one thread. */
final class TreeSide implements EntryCursor {
    private final FrameCache frames;
    /** What is not opened yet, the next one first. */
    private final Deque<Item> ahead = new ArrayDeque<>();

    private @Nullable ChunkCursor chunk;
    private long left;

    TreeSide(Optional<Ref> root, FrameCache frames) {
        this.frames = frames;
        root.ifPresent(ref -> ahead.add(new Item(0, ref, null)));
    }

    /** What comes next, as it is; null if an open chunk has more entries, or at the end. */
    @Nullable
    Item peek() {
        return left > 0 ? null : ahead.peek();
    }

    /** Passes over what {@link #peek} gives. */
    void skip() {
        ahead.remove();
    }

    /** Opens the node that {@link #peek} gives. */
    void expand() throws IOException {
        Item item = ahead.remove();
        Queue<Item> below = new ArrayDeque<>();
        item.addBelow(frames.node(item), KeyRange.all(), below);
        Deque<Item> reversed = new ArrayDeque<>();
        below.forEach(reversed::push);
        reversed.forEach(ahead::push);
    }

    @Override
    public boolean next() throws IOException {
        if (left == 0 && !openChunk()) {
            return false;
        }
        left--;
        return cursor().next();
    }

    private boolean openChunk() throws IOException {
        if (chunk != null) {
            // Proves that the chunk ends where it should.
            chunk.next();
            chunk = null;
        }
        for (Item item = ahead.peek(); item != null; item = ahead.peek()) {
            if (item.ref().isChunk()) {
                chunk = frames.chunk(ahead.remove());
                left = item.ref().entries();
                return true;
            }
            expand();
        }
        return false;
    }

    private ChunkCursor cursor() {
        if (chunk == null) {
            throw new IllegalStateException("next() has not said that there is an entry");
        }
        return chunk;
    }

    @Override
    public byte[] key() {
        return cursor().key();
    }

    @Override
    public byte[] value() {
        return cursor().value();
    }

    @Override
    public void close() {}

    /** Passes over all that two sides have in common from here on. */
    static void skipCommon(TreeSide a, TreeSide b) throws IOException {
        Item left = a.peek();
        Item right = b.peek();
        while (left != null && right != null) {
            Ref before = left.ref();
            Ref after = right.ref();
            if (before.level() == after.level() && before.digest().equals(after.digest())) {
                a.skip();
                b.skip();
            } else if (before.isChunk() && after.isChunk()) {
                return;
            } else {
                if (before.level() >= after.level()) {
                    a.expand();
                }
                if (after.level() >= before.level()) {
                    b.expand();
                }
            }
            left = a.peek();
            right = b.peek();
        }
    }
}
