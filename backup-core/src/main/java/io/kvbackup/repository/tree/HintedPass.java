package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Ref;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the chunks of a set from those of the backup before, and reads only what lies around the keys that may have
 * changed. The chunks are those of a whole scan: where one ends is decided by the keys within half a chunk size, so
 * chunks that are farther from all changes stay, and behind a change the old chunks go on from the first end that old
 * and new have in common. Used once, by one thread.
 */
final class HintedPass {
    private final DatabaseSnapshot snapshot;
    private final String set;
    private final String source;
    private final int chunkSize;
    private final ChangedRanges.Cursor changed;
    private final Predicate<Ref> usable;
    private final Sink sink;
    private final Leaves before;
    /** Chunks of the backup before that nothing was decided about, in order. */
    private final Deque<Old> ahead = new ArrayDeque<>();
    /** Those that stay unless a change follows closely. */
    private final Deque<Old> kept = new ArrayDeque<>();

    private long keptBytes;
    /** Where the last chunk ends that was put into the sink; null before the first. */
    private byte @Nullable [] done;
    /** Where the last chunk ends that was kept or put into the sink. */
    private byte @Nullable [] passed;
    /** Whether references that cannot be read would have come next. */
    private boolean gap;
    /** Whether the end of the set was passed. */
    private boolean ended;

    /** Takes the chunks of the new tree, in order. */
    interface Sink {
        /** One of the backup before. */
        void keep(Ref chunk) throws IOException;

        /** One that was read, and that is none of those of the backup before. */
        void add(Chunk chunk) throws IOException;
    }

    /** @param afterGap whether there were others before it that cannot be read */
    private record Old(Ref ref, boolean afterGap) {}

    /** Old and new chunks end at the same key, and go on alike. */
    private static final class InStep extends IOException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /**
     * @param source what to call the set in messages
     * @param before opens the references to the chunks of the backup before
     * @param usable whether a chunk of it may be kept
     */
    HintedPass(
            DatabaseSnapshot snapshot,
            String set,
            String source,
            int chunkSize,
            ChangedRanges changed,
            Function<Leaves.Damage, Leaves> before,
            Predicate<Ref> usable,
            Sink sink) {
        this.snapshot = snapshot;
        this.set = set;
        this.source = source;
        this.chunkSize = chunkSize;
        this.changed = changed.cursor();
        this.before = before.apply((node, failure) -> gap = true);
        this.usable = usable;
        this.sink = sink;
    }

    void run() throws IOException {
        while (!ended) {
            boolean more = fill();
            if (more ? !isToStay(ahead.element()) : isTailToBeRead()) {
                read();
            } else if (more) {
                keep(ahead.remove());
            } else {
                ended = true;
            }
        }
        while (!kept.isEmpty()) {
            putFirst();
        }
    }

    /** Whether there are more old chunks. */
    private boolean fill() throws IOException {
        if (ahead.isEmpty()) {
            Ref next = before.next();
            if (next == null) {
                return false;
            }
            ahead.add(new Old(next, gap));
            gap = false;
        }
        return true;
    }

    private boolean isTailToBeRead() {
        return gap || changed.touches(passed, null);
    }

    private boolean isToStay(Old chunk) {
        Ref ref = chunk.ref();
        return !chunk.afterGap()
                && !Chunker.isCutShort(chunkSize, ref.bytes(), ref.entries())
                && !changed.touches(passed, ref.lastKey())
                && usable.test(ref);
    }

    /** A change reaches half a chunk size back; what is farther away is put into the sink. */
    private void keep(Old chunk) throws IOException {
        kept.add(chunk);
        keptBytes += chunk.ref().bytes();
        passed = chunk.ref().lastKey();
        boolean alone =
                Chunker.isAlone(chunkSize, chunk.ref().bytes(), chunk.ref().entries());
        while (!kept.isEmpty() && (alone || keptBytes - kept.element().ref().bytes() > chunkSize / 2)) {
            putFirst();
        }
    }

    private void putFirst() throws IOException {
        Ref first = kept.remove().ref();
        keptBytes -= first.bytes();
        sink.keep(first);
        done = first.lastKey();
    }

    /** Reads from where the last chunk in the sink ends until old and new are in step, or all is read. */
    private void read() throws IOException {
        while (!kept.isEmpty()) {
            ahead.push(kept.removeLast());
        }
        keptBytes = 0;
        byte[] start = done;
        Chunker chunker = start == null
                ? new Chunker(chunkSize, source, this::chunk)
                : Chunker.after(start, chunkSize, source, this::chunk);
        byte[] from = start == null ? new byte[0] : ChangedRanges.successor(start);
        try {
            snapshot.readEntries(set, new KeyRange(from, null), chunker);
            chunker.finish();
        } catch (InStep e) {
            return;
        }
        // All is read: no old chunk is needed any more, but all are counted.
        while (fill()) {
            ahead.remove();
        }
        ended = true;
    }

    private void chunk(Chunk chunk) throws IOException {
        byte[] end = chunk.lastKey();
        done = end;
        passed = end;
        while (fill() && Arrays.compareUnsigned(ahead.element().ref().lastKey(), end) < 0) {
            ahead.remove();
        }
        boolean sameEnd = fill() && Arrays.equals(ahead.element().ref().lastKey(), end);
        Ref old = sameEnd ? ahead.remove().ref() : null;
        if (old != null && chunk.isMeantBy(old) && usable.test(old)) {
            sink.keep(old);
        } else {
            sink.add(chunk);
        }
        if (old != null && isInStep(chunk, old)) {
            throw new InStep();
        }
    }

    private boolean isInStep(Chunk chunk, Ref old) throws IOException {
        if (Chunker.isCutShort(chunkSize, chunk.length(), chunk.entries())
                || Chunker.isCutShort(chunkSize, old.bytes(), old.entries())) {
            return false;
        }
        return fill() ? isToStay(ahead.element()) : !isTailToBeRead();
    }
}
