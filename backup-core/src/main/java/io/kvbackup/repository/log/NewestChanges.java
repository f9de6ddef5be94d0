package io.kvbackup.repository.log;

import io.kvbackup.repository.Closeables;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Merges runs of changes of one set: of each key the newest, unless a later deletion of a range held it. */
final class NewestChanges implements ChangeCursor {
    private final RangeDeletions deletions;
    private final List<Run> all = new ArrayList<>();
    private final PriorityQueue<Run> waiting = new PriorityQueue<>();
    private @Nullable Run current;

    /** A run of changes. */
    private static final class Run implements Comparable<Run> {
        private final ChangeCursor changes;
        private final long number;

        Run(ChangeCursor changes, long number) {
            this.changes = changes;
            this.number = number;
        }

        @Override
        public int compareTo(Run other) {
            int order = Arrays.compareUnsigned(changes.key(), other.changes.key());
            return order != 0 ? order : Long.compare(other.number, number);
        }
    }

    NewestChanges(RangeDeletions deletions) {
        this.deletions = deletions;
    }

    /**
     * Adds a run, which is closed with this.
     *
     * @param number deletions of ranges with a greater one came later
     */
    void add(ChangeCursor changes, long number) throws IOException {
        Run run = new Run(changes, number);
        all.add(run);
        advance(run);
    }

    private void advance(Run run) throws IOException {
        if (run.changes.next()) {
            waiting.add(run);
        }
    }

    @Override
    public boolean next() throws IOException {
        if (current != null) {
            pass(current);
        }
        while ((current = waiting.poll()) != null) {
            if (deletions.last(current.changes.key()) <= current.number) {
                return true;
            }
            pass(current);
        }
        return false;
    }

    /** Goes on after a change, and past older ones of its key. */
    private void pass(Run newest) throws IOException {
        byte[] key = newest.changes.key();
        for (Run older = waiting.peek();
                older != null && Arrays.equals(older.changes.key(), key);
                older = waiting.peek()) {
            advance(waiting.remove());
        }
        advance(newest);
    }

    private Run current() {
        if (current == null) {
            throw new IllegalStateException("next() has not said that there is a change");
        }
        return current;
    }

    @Override
    public byte[] key() {
        return current().changes.key();
    }

    @Override
    public byte @Nullable [] value() {
        return current().changes.value();
    }

    @Override
    public void close() throws IOException {
        Closeables.closeAll(all.stream().map(each -> each.changes).toList());
    }
}
