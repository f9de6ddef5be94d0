package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Compares runs with those of the backup before: keys of runs that only one of them has may have changed. */
final class RunChanges implements DatabaseSnapshot.Runs.Visitor {
    private final String source;
    private final Before before;
    private final ChangedRanges changed = new ChangedRanges();
    private @Nullable StampedRun old;
    private boolean begun;
    private @Nullable KeyRange last;

    /** The runs of the backup before, in order. */
    interface Before {
        /** The next, or null if there are no more. */
        @Nullable
        StampedRun next() throws IOException;
    }

    /** @param source what to call the set in messages */
    RunChanges(String source, Before before) {
        this.source = source;
        this.before = before;
    }

    @Override
    public void visit(KeyRange keys, byte[] stamp) throws IOException {
        requireAfterLast(keys);
        StampedRun now = new StampedRun(keys, stamp);
        takeOldBefore(keys.from());
        if (old == null || !Arrays.equals(old.keys().from(), keys.from())) {
            changed.add(keys);
            return;
        }
        if (!now.isSameAs(old)) {
            changed.add(keys);
            changed.add(old.keys());
        }
        old = before.next();
    }

    private void requireAfterLast(KeyRange keys) throws IOException {
        KeyRange previous = last;
        last = keys;
        if (previous != null && (previous.to() == null || Arrays.compareUnsigned(previous.to(), keys.from()) > 0)) {
            throw new IOException(source + ": the runs of its snapshot overlap, or are not in ascending order; its"
                    + " adapter breaks the contract of DatabaseSnapshot.runs");
        }
    }

    private void takeOldBefore(byte @Nullable [] from) throws IOException {
        if (!begun) {
            begun = true;
            old = before.next();
        }
        while (old != null && (from == null || Arrays.compareUnsigned(old.keys().from(), from) < 0)) {
            changed.add(old.keys());
            old = before.next();
        }
    }

    /** To be called when all were visited. */
    ChangedRanges finish() throws IOException {
        takeOldBefore(null);
        return changed;
    }
}
