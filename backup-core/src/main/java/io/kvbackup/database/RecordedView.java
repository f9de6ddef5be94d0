package io.kvbackup.database;

import io.kvbackup.database.ChangeLog.Span;
import io.kvbackup.database.ChangeRecorder.Commit;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;

/**
 * What a snapshot may show of what goes on while its entries are read: all commits that were closed when reading began
 * are in it, and none that began after it had ended. Commits in between may be in it, each write by itself.
 */
final class RecordedView {
    private final ChangeRecorder recorder;
    private final long replayFrom;
    private final Set<Commit> unfinished = Collections.newSetFromMap(new IdentityHashMap<>());
    private long reached;

    RecordedView(ChangeRecorder recorder, long replayFrom) {
        this.recorder = recorder;
        this.replayFrom = replayFrom;
        this.reached = replayFrom;
    }

    /** Entries have been read until now. */
    void extend() {
        unfinished.clear();
        reached = recorder.reached(unfinished);
    }

    /** Empty while a commit goes on that had begun when the last entries were read. */
    Optional<Span> span() {
        long consistentAt = reached;
        for (Commit commit : unfinished) {
            Optional<Long> end = commit.endedAt();
            if (end.isEmpty()) {
                return Optional.empty();
            }
            consistentAt = Math.max(consistentAt, end.get());
        }
        return Optional.of(new Span(replayFrom, consistentAt));
    }
}
