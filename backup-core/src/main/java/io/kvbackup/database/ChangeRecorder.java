package io.kvbackup.database;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ChangeLog} of an engine that keeps none: the host tells it of each change. Give it to
 * {@link MapDatabase.Builder#changes}, or return it from {@link Database#changeLog} of an adapter of your own.
 *
 * <p>Between {@link #begin} and {@link Commit#close} the host makes its writes and records them, inside the critical
 * section that keeps others from writing the same keys; otherwise two writes of a key may be recorded the wrong way
 * round. What is written past the recorder is not in the log.
 *
 * <p>It never makes a writer wait for a reader. What readers have not read yet is kept in memory up to 16 MiB, then in
 * temporary files up to 1 GiB, which the committing thread writes; after that, or if that fails, all of it is dropped,
 * and readers are told so by {@link ChangeGapException}. While nobody reads, the last 16 MiB are kept.
 *
 * <p>Safe for use by several threads; a {@link Commit} is used by one.
 */
public final class ChangeRecorder implements ChangeLog {
    private final String history = UUID.randomUUID().toString();
    private final Clock clock;
    private final RecordedBlocks blocks;
    private final Set<RecordedReader> readers = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Commit> begun = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Commit> ended = new ArrayDeque<>();
    private volatile @Nullable Set<String> sets;
    private long last;
    private long lastTime;
    private String loss = "it was made before the recorder kept it";

    ChangeRecorder(Clock clock, RecordedBlocks blocks) {
        this.clock = clock;
        this.blocks = blocks;
    }

    /** A recorder that has recorded nothing, with a history of its own. */
    public static ChangeRecorder create() {
        return new ChangeRecorder(Clock.systemUTC(), new RecordedBlocks(16L << 20, 1L << 30, null));
    }

    /** Starts a transaction. Call it before the first of its writes, and close it after the last. */
    public Commit begin() {
        Commit commit = new Commit();
        synchronized (this) {
            begun.add(commit);
        }
        return commit;
    }

    /**
     * A view of a map that records each change that is made through it, as a commit of its own. Changes made past the
     * view are not recorded. Iterators, {@code compute} and the like have the guarantees of {@link ConcurrentMap}'s
     * default methods; functions given to them may change no other key of the map.
     *
     * <p>A key or value that its codec refuses is written to the map all the same; then the log has a gap.
     *
     * @param set the name of the map among the sets of its database
     * @param map a {@link java.util.concurrent.ConcurrentHashMap} or another whose single operations are atomic
     */
    public <K, V> ConcurrentMap<K, V> journal(String set, ConcurrentMap<K, V> map, Codec<K> keys, Codec<V> values) {
        return new JournaledMap<>(this, set, map, keys, values);
    }

    @Override
    public String history() {
        return history;
    }

    /** {@inheritDoc} Of the newest that has been closed, as have all before it. */
    @Override
    public synchronized long position() {
        return ended.isEmpty() ? last : ended.element().position - 1;
    }

    @Override
    public byte[] proof(long position) throws IOException {
        RecordedBlock block;
        synchronized (this) {
            requireKept(position - 1);
            block = blocks.after(position - 1)
                    .filter(found -> position <= position())
                    .orElseThrow(() -> noCommitAt(position));
        }
        return RecordedReader.proof(block, position).orElseThrow(() -> noCommitAt(position));
    }

    @Override
    public ChangeReader open(long after) throws IOException {
        synchronized (this) {
            requireKept(after);
            if (after > last) {
                throw noCommitAt(after);
            }
            RecordedReader reader = new RecordedReader(this, after);
            readers.add(reader);
            return reader;
        }
    }

    private static ChangeGapException noCommitAt(long position) {
        return new ChangeGapException(
                "the recorder knows no commit at position " + position + "; start again from a whole backup");
    }

    /** Fails unless all commits after a position are kept. */
    synchronized void requireKept(long after) throws ChangeGapException {
        if (after < blocks.keptAfter()) {
            throw new ChangeGapException("commits after position " + after + " are not recorded up to position "
                    + blocks.keptAfter() + ": " + loss + "; start again from a whole backup");
        }
    }

    /** The block that holds the first commit after a position; empty if there is none that readers may see. */
    synchronized Optional<RecordedBlock> blockAfter(long position) throws ChangeGapException {
        requireKept(position);
        return position < position() ? blocks.after(position) : Optional.empty();
    }

    synchronized void forget(RecordedReader reader) {
        readers.remove(reader);
        hasRead();
    }

    /** A reader has gone on: what only it was waiting for need not be kept in files. */
    synchronized void hasRead() {
        blocks.release(firstNeeded());
    }

    /** The last commit that a reader has read is still proved to it. */
    private long firstNeeded() {
        return readers.stream().mapToLong(reader -> reader.position() - 1).min().orElse(Long.MAX_VALUE);
    }

    /** Something was written and not recorded: whoever reads on is told so. */
    synchronized void lose(String why) {
        loss = why;
        last++;
        blocks.clear(last);
    }

    /** Says which database it records. */
    synchronized void recordFor(String database, Set<String> names) {
        if (sets != null) {
            throw new IllegalStateException(
                    "database " + database + ": its recorder records another database already; create one for each");
        }
        sets = Set.copyOf(names);
    }

    /** Opens a window around the reading of what is recorded. */
    synchronized RecordedView view() {
        return new RecordedView(this, position());
    }

    /** The position that is reached once the commits that go on have ended, which are added to {@code unfinished}. */
    synchronized long reached(Set<Commit> unfinished) {
        unfinished.addAll(begun);
        return last;
    }

    private synchronized void end(Commit commit) {
        begun.remove(commit);
        if (commit.changes.isTooLarge()) {
            lose("a commit was larger than 1 GiB");
        }
        if (commit.changes.isEmpty()) {
            return;
        }
        lastTime = Math.max(lastTime, clock.millis());
        commit.position = ++last;
        ended.add(commit);
        try {
            blocks.append(commit.position, lastTime, commit.changes, firstNeeded());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            lose("the readers were too far behind and it could not be kept for them: " + e.getMessage());
        }
    }

    private synchronized void close(Commit commit) {
        begun.remove(commit);
        while (!ended.isEmpty() && ended.element().closed) {
            ended.remove();
        }
    }

    /** One transaction. Closed without having ended, it has recorded nothing. */
    public final class Commit implements AutoCloseable {
        private final RecordedChanges changes = new RecordedChanges();
        private long position;
        private volatile boolean over;
        private volatile boolean closed;

        private Commit() {}

        /** A key has this value now. The arrays are copied. */
        public void put(String set, byte[] key, byte[] value) {
            requireOpen(set);
            changes.put(set, key, value);
        }

        /** A key is gone. */
        public void delete(String set, byte[] key) {
            requireOpen(set);
            changes.delete(set, key);
        }

        /** All keys of a range are gone. */
        public void deleteRange(String set, KeyRange keys) {
            requireOpen(set);
            changes.deleteRange(set, keys);
        }

        private void requireOpen(String set) {
            Objects.requireNonNull(set, "set");
            if (over) {
                throw new IllegalStateException("this commit is over; begin another one");
            }
            Set<String> known = sets;
            if (known != null && !known.contains(set)) {
                throw new IllegalArgumentException("cannot record set " + set + ": the database has " + known);
            }
        }

        /** All writes are made: what was recorded takes its place after all commits that have ended before. */
        public void end() {
            if (over) {
                throw new IllegalStateException("this commit is over; begin another one");
            }
            over = true;
            ChangeRecorder.this.end(this);
        }

        /** Shows what has ended to readers. Does nothing the second time. */
        @Override
        public void close() {
            over = true;
            closed = true;
            ChangeRecorder.this.close(this);
        }

        /** Where it has ended: 0 if it recorded nothing; empty while it goes on. */
        Optional<Long> endedAt() {
            synchronized (ChangeRecorder.this) {
                return begun.contains(this) ? Optional.empty() : Optional.of(position);
            }
        }
    }
}
