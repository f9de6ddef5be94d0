package io.kvbackup.repository.tree;

import io.kvbackup.database.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a set that may have changed, as ranges in ascending order of which no two touch. When there are very many,
 * neighbours are put together with what is between them. Not thread-safe.
 */
final class ChangedRanges {
    private static final int MOST = 1 << 15;

    private final List<KeyRange> ranges = new ArrayList<>();

    /** @param range not before those that were added */
    void add(KeyRange range) {
        int last = ranges.size() - 1;
        if (last >= 0 && !endsBefore(ranges.get(last), range.from())) {
            ranges.set(last, joined(ranges.get(last), range));
        } else {
            if (ranges.size() == MOST) {
                halve();
            }
            ranges.add(range);
        }
    }

    private static boolean endsBefore(KeyRange range, byte[] key) {
        return range.to() != null && Arrays.compareUnsigned(range.to(), key) < 0;
    }

    private static KeyRange joined(KeyRange first, KeyRange second) {
        byte[] end = first.to();
        byte[] other = second.to();
        boolean open = end == null || other == null;
        return new KeyRange(first.from(), open ? null : Arrays.compareUnsigned(end, other) < 0 ? other : end);
    }

    private void halve() {
        List<KeyRange> joined = new ArrayList<>();
        for (int i = 0; i < ranges.size(); i += 2) {
            joined.add(joined(ranges.get(i), ranges.get(i + 1)));
        }
        ranges.clear();
        ranges.addAll(joined);
    }

    int count() {
        return ranges.size();
    }

    /** Goes over them. */
    Cursor cursor() {
        return new Cursor();
    }

    /** Answers questions about ascending keys. */
    final class Cursor {
        private int next;

        /**
         * Whether a key may have changed that is greater than {@code after} and not greater than {@code last}.
         *
         * @param after not less than in the call before; null for no bound
         * @param last null for no bound
         */
        boolean touches(byte @Nullable [] after, byte @Nullable [] last) {
            while (next < ranges.size() && after != null && hasNothingAfter(ranges.get(next), after)) {
                next++;
            }
            return next < ranges.size()
                    && (last == null || Arrays.compareUnsigned(ranges.get(next).from(), last) <= 0);
        }

        private static boolean hasNothingAfter(KeyRange range, byte[] key) {
            return range.to() != null && Arrays.compareUnsigned(range.to(), successor(key)) <= 0;
        }
    }

    /** The least key that is greater. */
    static byte[] successor(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }
}
