package io.kvbackup.replication;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.LeaseRecord;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.SegmentSpan;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.repository.LeaseStore;
import io.kvbackup.repository.log.LogNames;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log out of a store, segment by segment, and gives its commits to a target. One listing for each look, of
 * names after the last one; now and then it asks whether another timeline goes on. Used by one thread.
 */
final class Follower {
    /** After so many looks without news it asks for other timelines, and for segments that were merged. */
    private static final int LOOKS = 10;

    private final StoredTimelines stored;
    private final LeaseStore leases;
    private final Passing target;
    private @Nullable TimelineRecord timeline;
    private int looks;

    /** @param from the target has everything up to this position */
    Follower(StoredTimelines stored, LeaseStore leases, ChangeVisitor target, long from) {
        this.stored = stored;
        this.leases = leases;
        this.target = new Passing(target, from);
    }

    long position() {
        return target.position;
    }

    /**
     * Gives the target what is new.
     *
     * @return whether there may be more at once
     * @throws ForkException if the log does not go on from the target's position
     */
    boolean look() throws IOException {
        TimelineRecord current = timeline;
        if (current == null) {
            current = find();
            timeline = current;
        }
        boolean thorough = looks == 0;
        String after = thorough ? "" : HexFormat.of().toHexDigits(target.position);
        Optional<SegmentSpan> next = next(stored.spans(current.id(), after));
        looks = (looks + 1) % LOOKS;
        if (next.isEmpty()) {
            return thorough && goOn(current);
        }
        long start = target.position;
        stored.read(current, next.get(), (position, millis) -> Long.compareUnsigned(position, start) > 0, target);
        target.position = next.get().to(); // over commits of other databases too
        looks = Math.max(1, looks);
        return true;
    }

    /** Of those that hold what comes next, the one that reaches farthest. */
    private Optional<SegmentSpan> next(List<SegmentSpan> spans) {
        return spans.stream()
                .filter(each -> Long.compareUnsigned(each.from(), target.position) <= 0
                        && Long.compareUnsigned(each.to(), target.position) > 0)
                .max(Comparator.comparing(SegmentSpan::to, Long::compareUnsigned));
    }

    /** The newest timeline on whose line the position is. */
    private TimelineRecord find() throws IOException {
        TimelineRecord newest = stored.record(newest());
        TimelineRecord found = newest;
        while (Long.compareUnsigned(found.position(), target.position) > 0) {
            found = parent(found).orElseThrow(() -> fork(newest));
        }
        return found;
    }

    private Optional<TimelineRecord> parent(TimelineRecord of) throws IOException {
        TimelineRecord.Parent parent = of.parent();
        if (parent == null) {
            return Optional.empty();
        }
        return Optional.of(stored.record(parent.timeline())).filter(of::goesOn);
    }

    /** Whether another timeline goes on from here; of several, the first after this one. */
    private boolean goOn(TimelineRecord current) throws IOException {
        TimelineId newest = newest();
        if (newest.equals(current.id())) {
            return false;
        }
        TimelineRecord head = stored.record(newest);
        TimelineRecord child = head;
        Optional<TimelineRecord> parent = parent(child);
        while (parent.isPresent() && !parent.get().id().equals(current.id())) {
            child = parent.get();
            parent = parent(child);
        }
        if (parent.isEmpty() || Long.compareUnsigned(child.position(), target.position) > 0) {
            // What the old one has got meanwhile may reach the child.
            if (parent.isPresent() && next(stored.spans(current.id(), "")).isPresent()) {
                return true;
            }
            throw fork(head);
        }
        timeline = child;
        looks = 0;
        return true;
    }

    private TimelineId newest() throws IOException {
        String lease = LogNames.lease(stored.database());
        return leases.read(lease)
                .map(LeaseRecord::attributes)
                .flatMap(attributes -> Optional.ofNullable(attributes.get("timeline")))
                .flatMap(TimelineId::parse)
                .orElseThrow(() -> new IOException("nobody has replicated " + stored.database() + " into "
                        + stored.client() + " yet; start its replication"));
    }

    private ForkException fork(TimelineRecord newest) {
        return new ForkException("the log of " + stored.database() + " does not go on from position "
                + Long.toUnsignedString(target.position) + ": timeline " + newest.id() + " comes after a gap, a restore"
                + " or a loss; restore the copy, and follow from what was restored");
    }

    /** The log goes on from somewhere else. */
    static final class ForkException extends IOException {
        private static final long serialVersionUID = 1L;

        ForkException(String message) {
            super(message);
        }
    }

    /** The target has refused a change. */
    static final class TargetException extends IOException {
        private static final long serialVersionUID = 1L;

        TargetException(Exception cause) {
            super("the target has failed: " + cause, cause);
        }
    }

    /** Passes on, and remembers how far the target is. */
    private static final class Passing implements ChangeVisitor {
        private final ChangeVisitor target;
        private volatile long position;

        Passing(ChangeVisitor target, long position) {
            this.target = target;
            this.position = position;
        }

        private interface Step {
            void run() throws IOException;
        }

        private static void pass(Step step) throws TargetException {
            try {
                step.run();
            } catch (IOException | RuntimeException e) {
                throw new TargetException(e);
            }
        }

        @Override
        public void put(String set, byte[] key, byte[] value) throws IOException {
            pass(() -> target.put(set, key, value));
        }

        @Override
        public void delete(String set, byte[] key) throws IOException {
            pass(() -> target.delete(set, key));
        }

        @Override
        public void deleteRange(String set, KeyRange keys) throws IOException {
            pass(() -> target.deleteRange(set, keys));
        }

        @Override
        public void commit(long at, Instant time) throws IOException {
            pass(() -> target.commit(at, time));
            position = at;
        }
    }
}
