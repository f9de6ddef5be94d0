package io.kvbackup.repository;

import io.kvbackup.database.EntryCursor;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;

/**
 * Finds what differs between two runs of entries that ascend by key. Used by one thread.
 */
public final class MergedEntries implements Closeable {
    /** Passes over what both have in common before the next entry of either is looked at. */
    public interface Skip {
        /** Nothing is known to be common. */
        Skip NOTHING = () -> {};

        /** Called when no entry of either side is waiting. */
        void common() throws IOException;
    }

    private final EntryCursor before;
    private final EntryCursor after;
    private final Skip skip;
    private boolean hasBefore;
    private boolean hasAfter;
    private boolean takesBefore;
    private boolean takesAfter;

    /** @param before closed with this, as is {@code after} */
    public MergedEntries(EntryCursor before, EntryCursor after, Skip skip) {
        this.before = before;
        this.after = after;
        this.skip = skip;
    }

    /** Goes to the next difference; false if there is none. */
    public boolean next() throws IOException {
        while (true) {
            pass();
            if (!hasBefore && !hasAfter) {
                skip.common();
            }
            hasBefore = hasBefore || before.next();
            hasAfter = hasAfter || after.next();
            if (!hasBefore && !hasAfter) {
                return false;
            }
            int order = order();
            takesBefore = order <= 0;
            takesAfter = order >= 0;
            if (order != 0 || !Arrays.equals(before.value(), after.value())) {
                return true;
            }
        }
    }

    private int order() {
        if (!hasBefore || !hasAfter) {
            return hasBefore ? -1 : 1;
        }
        return Arrays.compareUnsigned(before.key(), after.key());
    }

    private void pass() {
        hasBefore &= !takesBefore;
        hasAfter &= !takesAfter;
        takesBefore = false;
        takesAfter = false;
    }

    /** Whether the key is there before. */
    public boolean isBefore() {
        return takesBefore;
    }

    /** Whether the key is there after. */
    public boolean isAfter() {
        return takesAfter;
    }

    public byte[] key() {
        return takesBefore ? before.key() : after.key();
    }

    /** Only if {@link #isBefore()}. */
    public byte[] valueBefore() {
        return before.value();
    }

    /** Only if {@link #isAfter()}. */
    public byte[] valueAfter() {
        return after.value();
    }

    @Override
    public void close() throws IOException {
        try (before) {
            after.close();
        }
    }
}
