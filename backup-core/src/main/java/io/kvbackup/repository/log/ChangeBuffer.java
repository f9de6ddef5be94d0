package io.kvbackup.repository.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The last change of each key, in memory. */
final class ChangeBuffer {
    /** What a change takes beside its bytes, about. */
    private static final int OVERHEAD = 120;

    private final Map<String, Map<Key, Change>> sets = new HashMap<>();
    private long bytes;

    /** Bytes that are compared by what they are. */
    @SuppressWarnings("ArrayRecordComponent") // equality is defined below
    private record Key(byte[] bytes, int hash) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Change(byte[] key, byte @Nullable [] value, long number) {
        int length() {
            return value == null ? 0 : value.length;
        }
    }

    /** @param number of the change, greater than those before */
    void put(String set, byte[] key, byte @Nullable [] value, long number) {
        Change change = new Change(key, value, number);
        Change former =
                sets.computeIfAbsent(set, any -> new HashMap<>()).put(new Key(key, Arrays.hashCode(key)), change);
        bytes += change.length();
        bytes += former == null ? OVERHEAD + key.length : -former.length();
    }

    /** How much memory it takes, about. */
    long bytes() {
        return bytes;
    }

    Set<String> sets() {
        return sets.keySet();
    }

    void clear() {
        sets.clear();
        bytes = 0;
    }

    /** The changes of a set, without those whose keys a later deletion of a range held. */
    ChangeCursor open(String set, RangeDeletions deletions) {
        List<Change> sorted = new ArrayList<>(sets.getOrDefault(set, Map.of()).values());
        sorted.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
        Iterator<Change> left = Collections.unmodifiableList(sorted).iterator();
        return new ChangeCursor() {
            private @Nullable Change current;

            @Override
            public boolean next() {
                while (left.hasNext()) {
                    Change change = left.next();
                    if (deletions.last(change.key()) < change.number()) {
                        current = change;
                        return true;
                    }
                }
                return false;
            }

            private Change current() {
                if (current == null) {
                    throw new IllegalStateException("next() has not said that there is a change");
                }
                return current;
            }

            @Override
            public byte[] key() {
                return current().key();
            }

            @Override
            public byte @Nullable [] value() {
                return current().value();
            }

            @Override
            public void close() {}
        };
    }
}
