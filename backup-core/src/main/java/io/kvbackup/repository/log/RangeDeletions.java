package io.kvbackup.repository.log;

import io.kvbackup.database.KeyRange;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** For each key of a set, the number of the last deletion of a range that held it. */
final class RangeDeletions {
    /** By their first keys; they do not overlap. */
    private final NavigableMap<byte[], Interval> intervals = new TreeMap<>(Arrays::compareUnsigned);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Interval(byte @Nullable [] end, long number) {
        boolean reaches(byte[] key) {
            return end == null || Arrays.compareUnsigned(key, end) < 0;
        }
    }

    /** @param number greater than those before */
    void add(KeyRange keys, long number) {
        byte[] end = keys.to();
        if (end != null && Arrays.compareUnsigned(keys.from(), end) >= 0) {
            return;
        }
        cut(keys.from());
        if (end != null) {
            cut(end);
            intervals.subMap(keys.from(), true, end, false).clear();
        } else {
            intervals.tailMap(keys.from(), true).clear();
        }
        intervals.put(keys.from(), new Interval(end, number));
    }

    /** Divides the interval that a key is in, so that one begins there. */
    private void cut(byte[] at) {
        Map.Entry<byte[], Interval> before = intervals.lowerEntry(at);
        if (before != null && before.getValue().reaches(at) && !intervals.containsKey(at)) {
            Interval whole = before.getValue();
            intervals.put(before.getKey(), new Interval(at, whole.number()));
            intervals.put(at, whole);
        }
    }

    /** The number of the last deletion that held the key; negative if none did. */
    long last(byte[] key) {
        Map.Entry<byte[], Interval> before = intervals.floorEntry(key);
        return before != null && before.getValue().reaches(key)
                ? before.getValue().number()
                : -1;
    }
}
