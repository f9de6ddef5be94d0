package io.kvbackup.replication;

import io.kvbackup.repository.LeaseTime;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The segments of which some store has no copy yet, or that are to be merged. Guarded by the {@link Spool}. */
final class WaitingSegments {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingSegments.class);

    /** Waits, as stores do, until segments were merged. */
    private static final Object MERGER = new Object();

    private final Deque<SpooledSegment> chain = new ArrayDeque<>();
    private final List<SpooledSegment> merged = new ArrayList<>();
    private long bytes;

    /** Adds one to the end of the log. */
    void add(SpooledSegment segment) {
        segment.waiting().add(MERGER);
        chain.add(segment);
        bytes += segment.bytes();
    }

    /** Of all files together. */
    long bytes() {
        return bytes;
    }

    /** Of those that a store lacks. */
    long bytesFor(Cursor cursor) {
        return chain.stream()
                .filter(each -> each.waiting().contains(cursor))
                .mapToLong(SpooledSegment::bytes)
                .sum();
    }

    Optional<SpooledSegment> oldest() {
        return Optional.ofNullable(chain.peek());
    }

    /** The first that a store lacks. */
    Optional<SpooledSegment> first(Cursor cursor) {
        return chain.stream().filter(each -> each.waiting().contains(cursor)).findFirst();
    }

    /** The log first, merged if it can be; then what was merged of what the store has already. */
    Optional<SpooledSegment> next(Cursor cursor) {
        Optional<SpooledSegment> first = first(cursor);
        return merged.stream()
                .filter(each -> each.waiting().contains(cursor))
                .filter(each -> first.isEmpty() || each.parts().get(0).equals(first.get()))
                .findFirst()
                .or(() -> first);
    }

    /** A store has one, and with it all that it was merged from. */
    void taken(Cursor cursor, SpooledSegment segment) {
        segment.waiting().remove(cursor);
        segment.parts().forEach(part -> part.waiting().remove(cursor));
        release();
    }

    /** A store does not wait any more. */
    void forget(Cursor cursor) {
        chain.forEach(each -> each.waiting().remove(cursor));
        merged.forEach(each -> each.waiting().remove(cursor));
    }

    /** Nobody waits for one any more. */
    void drop(SpooledSegment segment) {
        segment.waiting().clear();
        release();
    }

    /** A run of segments of one timeline that is long or old enough to be merged. */
    List<SpooledSegment> toMerge(LeaseTime.Moment now, Duration span, long size) {
        List<SpooledSegment> run = new ArrayList<>();
        long total = 0;
        for (SpooledSegment each : chain) {
            boolean follows = run.isEmpty() || run.get(run.size() - 1).isFollowedBy(each);
            if (!each.waiting().contains(MERGER) || !follows) {
                if (run.isEmpty()) {
                    continue;
                }
                return run;
            }
            run.add(each);
            total += each.bytes();
            if (total >= size) {
                return run;
            }
        }
        boolean old =
                !run.isEmpty() && LeaseTime.longest(run.get(0).since(), now).compareTo(span) >= 0;
        return old ? run : List.of();
    }

    /** They were merged, or are not going to be. */
    void merged(List<SpooledSegment> parts, @Nullable SpooledSegment whole) {
        parts.forEach(part -> part.waiting().remove(MERGER));
        if (whole != null) {
            merged.add(whole);
            bytes += whole.bytes();
        }
        release();
    }

    private void release() {
        release(chain);
        release(merged);
    }

    private void release(Collection<SpooledSegment> segments) {
        segments.removeIf(each -> {
            if (!each.waiting().isEmpty()) {
                return false;
            }
            bytes -= each.bytes();
            try {
                Files.deleteIfExists(each.file());
            } catch (IOException e) {
                LOG.warn("cannot remove {}: {}", each.file(), e.toString());
            }
            return true;
        });
    }
}
