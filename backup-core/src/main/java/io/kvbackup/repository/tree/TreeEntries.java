package io.kvbackup.repository.tree;

import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.ChunkCursor;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The entries of several sets of a tree, one after the other. By the time that {@link #next} returns false, all that it
 * gave is proved up to the roots. Used by one thread.
 */
final class TreeEntries implements Closeable {
    private static final long BUDGET = 24 << 20;
    private static final long LEAST_BUDGET = 4 << 20;

    private final KeyRange keys;
    private final boolean all;
    private final TreeWalk walk;
    private final LevelReader<ChunkCursor> chunks;
    private Iterator<LevelReader.Opened<ChunkCursor>> opened =
            List.<LevelReader.Opened<ChunkCursor>>of().iterator();
    private LevelReader.@Nullable Opened<ChunkCursor> chunk;
    private boolean begun;
    private long bytes;

    /** @param roots by number of the set; empty for a set that has no entries, or is not read */
    TreeEntries(List<Optional<Ref>> roots, KeyRange keys, Packs packs, Rescue rescue, Executor executor) {
        this.keys = keys;
        this.all = keys.equals(KeyRange.all());
        this.walk = new TreeWalk(roots, keys, packs, rescue, executor);
        this.chunks = new LevelReader<>(walk.leaves(), ChunkCursor::open, packs, rescue, executor, budget());
    }

    private static long budget() {
        return Math.max(LEAST_BUDGET, Math.min(BUDGET, Runtime.getRuntime().maxMemory() / 4));
    }

    /** Goes to the next entry of the range, first to the first one; false if there is none. */
    boolean next() throws IOException {
        while (true) {
            LevelReader.Opened<ChunkCursor> current = chunk == null ? nextChunk() : chunk;
            if (current == null) {
                return false;
            }
            if (!current.content().next()) {
                chunk = null;
            } else {
                if (!begun) {
                    requireAfter(current);
                }
                if (all || isInRange(current.content())) {
                    return true;
                }
            }
        }
    }

    private LevelReader.@Nullable Opened<ChunkCursor> nextChunk() throws IOException {
        if (!opened.hasNext()) {
            opened = chunks.next().iterator();
        }
        if (!opened.hasNext()) {
            return null;
        }
        LevelReader.Opened<ChunkCursor> next = opened.next();
        chunk = next;
        begun = false;
        bytes += next.item().ref().bytes();
        return next;
    }

    private void requireAfter(LevelReader.Opened<ChunkCursor> current) throws CorruptBackupException {
        begun = true;
        byte[] after = current.item().after();
        if (after != null && current.content().compareKey(after) <= 0) {
            throw new CorruptBackupException(current.item().ref() + ": its first key is not after those before it");
        }
    }

    private boolean isInRange(ChunkCursor cursor) {
        byte[] to = keys.to();
        return cursor.compareKey(keys.from()) >= 0 && (to == null || cursor.compareKey(to) < 0);
    }

    private LevelReader.Opened<ChunkCursor> current() {
        if (chunk == null) {
            throw new IllegalStateException("next() has not said that there is an entry");
        }
        return chunk;
    }

    /** The number of the set in which the entry lies. */
    int set() {
        return current().item().set();
    }

    byte[] key() {
        return current().content().key();
    }

    byte[] value() {
        return current().content().value();
    }

    /** Plain bytes of the chunks that were begun. */
    long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        chunks.close();
        walk.close();
    }
}
