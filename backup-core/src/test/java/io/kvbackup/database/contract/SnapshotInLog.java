package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;

import io.kvbackup.database.ChangeLog.Span;
import io.kvbackup.database.DatabaseSnapshot;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a snapshot showed, and where it stood in the log. */
record SnapshotInLog(Map<String, NavigableMap<byte[], byte[]>> sets, Span span) {
    static SnapshotInLog read(DatabaseSnapshot snapshot) throws IOException {
        Map<String, NavigableMap<byte[], byte[]>> sets = new TreeMap<>();
        for (String set : snapshot.header().sets().keySet()) {
            sets.put(set, DatabaseContents.of(snapshot, set));
        }
        return new SnapshotInLog(sets, snapshot.changes().orElseThrow());
    }

    /**
     * With the commits of its span replayed over what it showed, it is what the database held where it is consistent.
     *
     * @param history knows the commits from before the snapshot until after it
     */
    void assertFits(ChangeModel history, String what) {
        assertSameWhenReplayed(history, span.consistentAt(), what);
    }

    boolean isEndOfACommit(ChangeModel history) {
        return history.commits().stream().anyMatch(commit -> commit.position() == span.consistentAt());
    }

    /** With all later commits replayed over what it showed, it is what the database held in the end. */
    void assertLeadsToTheEnd(ChangeModel history, String what) {
        assertSameWhenReplayed(history, history.lastPosition(), what);
    }

    private void assertSameWhenReplayed(ChangeModel history, long upTo, String what) {
        Map<String, NavigableMap<byte[], byte[]>> then = history.at(upTo);
        ChangeModel replayed = ChangeModel.startingWith(sets);
        history.commits().stream()
                .filter(commit -> Long.compareUnsigned(commit.position(), span.replayFrom()) > 0
                        && Long.compareUnsigned(commit.position(), upTo) <= 0)
                .forEach(replayed::replay);
        for (String set : sets.keySet()) {
            assertSame(replayed.entries(set), then.get(set), what + ", " + set + " at " + upTo + ", " + span);
        }
    }
}
