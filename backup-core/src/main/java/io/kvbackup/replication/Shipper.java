package io.kvbackup.replication;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.repository.LeaseTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts into one store what waits for it, step by step. Used by one thread; what it tells, any thread may ask. */
final class Shipper {
    /** How long segments stay that a merged one has made superfluous: restores that run may still read them. */
    static final Duration SUPERFLUOUS = Duration.ofHours(1);

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final Spool spool;
    private final Cursor cursor;
    private final StoreLog store;
    private final LeaseTime time;
    private final UploadTimes uploads;
    private final Deque<Superfluous> superfluous = new ArrayDeque<>();
    private Duration pause = FIRST_PAUSE;
    private volatile @Nullable String problem;

    Shipper(Spool spool, Cursor cursor, StoreLog store, LeaseTime time, UploadTimes uploads) {
        this.spool = spool;
        this.cursor = cursor;
        this.store = store;
        this.time = time;
        this.uploads = uploads;
    }

    private record Superfluous(List<String> keys, LeaseTime.Moment since) {}

    /** What keeps the store from being served. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    Cursor cursor() {
        return cursor;
    }

    /**
     * Does one thing, if there is any.
     *
     * @return how long to wait for the next, unless something happens
     */
    Duration step() throws IOException {
        try {
            boolean did = serve();
            problem = null;
            pause = FIRST_PAUSE;
            return did ? Duration.ZERO : IDLE;
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException failure) {
                Interruption.rethrow(failure);
            }
            problem = cursor.store + ": " + e;
            Duration now = pause;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            return now;
        }
    }

    private boolean serve() throws IOException {
        store.ensureOpen();
        Line line = spool.lineFor(cursor);
        if (!line.equals(cursor.line)) {
            store.begin(line, cursor, spool.syncedThrough(cursor));
            spool.entered(cursor, line);
            store.beat();
            return true;
        }
        if (!cursor.joined) {
            spool.join(cursor);
        }
        Optional<SpooledSegment> next = spool.next(cursor);
        if (next.isPresent()) {
            ship(next.get());
            return true;
        }
        return tidy();
    }

    private void ship(SpooledSegment segment) throws IOException {
        LeaseTime.Moment before = time.now();
        store.put(segment);
        LeaseTime.Moment after = time.now();
        uploads.add(LeaseTime.longest(before, after));
        boolean late = segment.isMerged() && segment.parts().stream().noneMatch(part -> spool.waits(cursor, part));
        spool.taken(cursor, segment, after.wall());
        if (late) {
            List<String> keys = new ArrayList<>();
            segment.parts().forEach(part -> keys.add(store.key(part)));
            superfluous.add(new Superfluous(keys, after));
        }
    }

    private boolean tidy() throws IOException {
        Superfluous oldest = superfluous.peek();
        if (oldest == null || LeaseTime.longest(oldest.since(), time.now()).compareTo(SUPERFLUOUS) < 0) {
            return false;
        }
        store.delete(oldest.keys());
        superfluous.remove();
        return true;
    }
}
