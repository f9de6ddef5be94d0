package io.kvbackup.replication;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.repository.LeaseTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a log and is not in every store yet, and how far each store is. Segments wait in files; a store that
 * falls too far behind loses its place, so that it delays nobody. Safe for use by several threads.
 */
final class Spool {
    private final long maxBytes;
    private final Duration maxAge;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();
    private final WaitingSegments segments = new WaitingSegments();
    private Line line;
    /** Where the segment that is being written begins. */
    private long openFrom;
    /** The poll before its first commit; null if it holds none. */
    private LeaseTime.@Nullable Moment openSince;

    private long openBytes;
    private long readTo;
    /** When the last poll began that found no more. */
    private LeaseTime.Moment polled;

    private long polls;

    Spool(Line line, Collection<Cursor> cursors, LeaseTime.Moment polled, long maxBytes, Duration maxAge) {
        this.line = line;
        this.polled = polled;
        this.maxBytes = maxBytes;
        this.maxAge = maxAge;
        openFrom = line.start();
        readTo = line.start();
        cursors.forEach(each -> this.cursors.put(each.store, each));
    }

    // What the tailing thread tells.

    /** Commits up to a position were read; the first that no store has yet came after {@code since}. */
    synchronized void read(long position, LeaseTime.Moment since, long bytesNow, boolean anything) {
        readTo = position;
        openBytes = bytesNow;
        if (anything && openSince == null) {
            openSince = since;
        }
    }

    /** A poll that began then has found no more. */
    synchronized void polled(LeaseTime.Moment began) {
        polled = began;
        polls++;
        notifyAll();
    }

    /** The open segment is whole; the next one begins where it ends. */
    synchronized void add(SpooledSegment segment) {
        for (Cursor cursor : cursors.values()) {
            if (cursor.joined) {
                segment.waiting().add(cursor);
            }
        }
        segments.add(segment);
        openFrom = segment.to();
        openSince = null;
        openBytes = 0;
        notifyAll();
    }

    /** A gap, or a restore: another timeline begins, and no store can go on from what it has. */
    synchronized void begin(Line next) {
        line = next;
        openFrom = next.start();
        readTo = next.start();
        openSince = null;
        openBytes = 0;
        for (Cursor cursor : cursors.values()) {
            uncover(cursor, polled);
        }
        notifyAll();
    }

    private static void uncover(Cursor cursor, LeaseTime.Moment since) {
        if (cursor.based) {
            cursor.based = false;
            cursor.uncovered = since;
        }
        cursor.joins++;
    }

    // What stores ask.

    /** From now on, what is written goes to a store too: all from the open segment on. */
    synchronized void join(Cursor cursor) {
        if (!cursor.joined) {
            cursor.joined = true;
            cursor.joins++;
            cursor.shipped = openFrom;
        }
    }

    /** The timeline that a store must know of before it takes the next segment. */
    synchronized Line lineFor(Cursor cursor) {
        return segments.first(cursor).map(SpooledSegment::line).orElse(line);
    }

    synchronized void entered(Cursor cursor, Line entered) {
        cursor.line = entered;
        cursor.shipped = segments.first(cursor).map(SpooledSegment::from).orElse(openFrom);
    }

    /** What is to be put into a store next: the log first, then what was merged of it. */
    synchronized Optional<SpooledSegment> next(Cursor cursor) {
        return segments.next(cursor);
    }

    /** A store has a segment. */
    synchronized void taken(Cursor cursor, SpooledSegment segment, Instant at) {
        segments.taken(cursor, segment);
        if (Objects.equals(cursor.line, segment.line()) && Long.compareUnsigned(segment.to(), cursor.shipped) > 0) {
            cursor.shipped = segment.to();
        }
        cursor.lastSegmentAt = at;
        cursor.bytesSinceBase += segment.isMerged() ? 0 : segment.bytes();
        if (cursor.based && segment.maxTime().isAfter(cursor.synced)) {
            cursor.synced = segment.maxTime();
        }
        notifyAll();
    }

    /** A store has a base that was begun when it had joined that often. */
    synchronized boolean based(Cursor cursor, int joins) {
        if (cursor.joins != joins || !cursor.joined) {
            return false;
        }
        cursor.based = true;
        cursor.bytesSinceBase = 0;
        notifyAll();
        return true;
    }

    /** Those of some stores that take segments of the current line and have no base for them. */
    synchronized List<Cursor> wantingBase(Collection<Cursor> among) {
        return joined(among).stream().filter(each -> !each.based).toList();
    }

    /** Those that take segments of the current line. */
    synchronized List<Cursor> joined(Collection<Cursor> among) {
        return among.stream()
                .filter(each -> each.joined && line.equals(each.line))
                .toList();
    }

    synchronized int joins(Cursor cursor) {
        return cursor.joins;
    }

    synchronized long bytesSinceBase(Cursor cursor) {
        return cursor.bytesSinceBase;
    }

    /**
     * Waits until that many polls have found no more.
     *
     * @throws ChangeGapException if there was a gap meanwhile
     */
    synchronized void awaitPolls(Line of, long count) throws IOException {
        while (line.equals(of) && polls < count) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for the log");
            }
        }
        if (!line.equals(of)) {
            throw new ChangeGapException("commits have gone missing while the base was taken; it is taken again");
        }
    }

    /** Whether a store still waits for a segment. */
    synchronized boolean waits(Cursor cursor, SpooledSegment segment) {
        return segment.waiting().contains(cursor);
    }

    // Merging and limits.

    /** A run of segments that is complete, to be merged. */
    synchronized List<SpooledSegment> toMerge(LeaseTime.Moment now, Duration span, long size) {
        return segments.toMerge(now, span, size);
    }

    /** They were merged, or are not going to be. */
    synchronized void merged(List<SpooledSegment> parts, @Nullable SpooledSegment whole) {
        if (whole != null) {
            for (Cursor cursor : cursors.values()) {
                if (cursor.joined
                        && (whole.line().equals(cursor.line)
                                || parts.get(0).waiting().contains(cursor))) {
                    whole.waiting().add(cursor);
                }
            }
        }
        segments.merged(parts, whole);
        notifyAll();
    }

    /** Stores for which too much waits, or for too long, lose their place; returns them. */
    synchronized List<Cursor> enforce(LeaseTime.Moment now) {
        List<Cursor> lost = new ArrayList<>();
        Optional<SpooledSegment> oldest = segments.oldest();
        while (oldest.isPresent()
                && (segments.bytes() > maxBytes
                        || LeaseTime.longest(oldest.get().since(), now).compareTo(maxAge) > 0)) {
            for (Cursor cursor : cursors.values()) {
                if (oldest.get().waiting().contains(cursor)) {
                    uncover(cursor, oldest.get().since());
                    cursor.joined = false;
                    segments.forget(cursor);
                    lost.add(cursor);
                }
            }
            segments.drop(oldest.get());
            oldest = segments.oldest();
        }
        return lost;
    }

    // What everybody may ask.

    synchronized Line line() {
        return line;
    }

    synchronized long readTo() {
        return readTo;
    }

    synchronized long polls() {
        return polls;
    }

    synchronized LeaseTime.Moment lastPoll() {
        return polled;
    }

    private boolean hasAll(Cursor cursor) {
        return cursor.joined && openSince == null && segments.first(cursor).isEmpty();
    }

    /** Whether a store has everything up to a position. */
    synchronized boolean has(Cursor cursor, long position) {
        long has = hasAll(cursor) ? readTo : cursor.shipped;
        return cursor.based && Long.compareUnsigned(has, position) >= 0;
    }

    /**
     * How long the oldest commit that is not in the store has been waiting; never too short.
     *
     * @param position of the log now; empty if nobody can tell
     */
    synchronized Duration lag(Cursor cursor, LeaseTime.Moment now, OptionalLong position) {
        if (!cursor.based) {
            return LeaseTime.longest(cursor.uncovered, now);
        }
        LeaseTime.Moment oldest =
                segments.first(cursor).map(SpooledSegment::since).orElse(openSince);
        if (oldest == null && (position.isEmpty() || position.getAsLong() != readTo)) {
            oldest = polled;
        }
        return oldest == null ? Duration.ZERO : LeaseTime.longest(oldest, now);
    }

    /** How many positions a store is behind; of a store that is not based, since it joined. */
    synchronized long positionsBehind(Cursor cursor, OptionalLong position) {
        long has = hasAll(cursor) ? readTo : cursor.shipped;
        return position.orElse(readTo) - has;
    }

    synchronized long bytesBehind(Cursor cursor) {
        return openBytes + segments.bytesFor(cursor);
    }

    synchronized Optional<Instant> lastSegmentAt(Cursor cursor) {
        return Optional.ofNullable(cursor.lastSegmentAt);
    }

    /** Every commit up to this time is in the store. */
    synchronized Instant syncedThrough(Cursor cursor) {
        if (cursor.based && hasAll(cursor)) {
            Instant before = polled.wall().truncatedTo(ChronoUnit.MILLIS).minusMillis(1);
            cursor.synced = before.isAfter(cursor.synced) ? before : cursor.synced;
        }
        return cursor.synced;
    }

    /** What a store's lease tells of the replica. */
    synchronized Map<String, String> attributes(Cursor cursor) {
        if (cursor.line == null) {
            return Map.of();
        }
        long has = hasAll(cursor) && cursor.line.equals(line) ? readTo : cursor.shipped;
        return Map.of(
                "timeline", cursor.line.timeline(),
                "position", String.format("%016x", has),
                "syncedThrough", Long.toString(syncedThrough(cursor).toEpochMilli()),
                "base", Boolean.toString(cursor.based));
    }

    synchronized boolean isBased(Cursor cursor) {
        return cursor.based;
    }

    /** Whether any store that answers lacks something. */
    synchronized boolean isAnythingWaiting() {
        return cursors.values().stream().anyMatch(each -> segments.first(each).isPresent());
    }

    /** Waits for news of other threads. */
    @SuppressWarnings("WaitNotInLoop") // whoever waits looks again in any case
    synchronized void await(Duration atMost) throws InterruptedException {
        wait(Math.max(1, atMost.toMillis()));
    }
}
