package io.kvbackup.replication;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.repository.LeaseTime;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a log: what is committed goes into the open segment, and segments into the spool when their oldest commit is
 * about to be too old. Used by one thread at a time; whoever closes it waits until it is not reading.
 *
 * <p>No commit has a time before the last poll that found nothing more, nor before an earlier commit. So what was said
 * to be complete up to a moment stays complete, even if the clock is set back.
 */
final class Tailer implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Tailer.class);

    static final Duration POLL = Duration.ofMillis(50);

    private static final long READ_BYTES = 1 << 20;
    private static final long SEGMENT_BYTES = 16 << 20;

    private final ChangeLog log;
    private final SegmentFiles files;
    private final LeaseTime time;
    private final Duration syncInterval;
    private final UploadTimes uploads;
    private final Spool spool;
    private final Changes changes = new Changes();

    private @Nullable ChangeReader reader;
    private @Nullable OpenSegment open;
    private long position;
    /** Where the last segment ends. */
    private long closedTo;
    /** No commit up to there is later. */
    private Instant closedTime;

    private Instant newest;
    private boolean syncing;

    Tailer(ChangeLog log, SegmentFiles files, LeaseTime time, Duration syncInterval, UploadTimes uploads, Spool spool) {
        this.log = log;
        this.files = files;
        this.time = time;
        this.syncInterval = syncInterval;
        this.uploads = uploads;
        this.spool = spool;
        newest = spool.line().startedAt();
        position = spool.line().start();
        closedTo = position;
        closedTime = newest;
    }

    /** A moment, or that of the newest commit if it is later. */
    Instant notBefore(Instant moment) {
        return later(moment, newest);
    }

    /** Takes over a reader that begins where the line does; null to open one at the next poll. */
    Tailer from(@Nullable ChangeReader opened) {
        reader = opened;
        return this;
    }

    /**
     * Reads what there is, and closes the open segment if it is time.
     *
     * @return whether there is more to read at once
     * @throws ChangeGapException if commits are missing; what came before is in the spool
     */
    boolean poll() throws IOException {
        LeaseTime.Moment began = time.now();
        boolean more = read();
        if (!more) {
            LeaseTime.Moment before = spool.lastPoll();
            boolean back = began.wall().isBefore(before.wall());
            spool.polled(back ? new LeaseTime.Moment(began.nanos(), before.wall()) : began);
        }
        if (untilDue(time.now()).isZero()) {
            closeSegment();
        }
        return more;
    }

    private boolean read() throws IOException {
        try {
            if (reader == null) {
                reader = log.open(position);
            }
            return reader.read(changes, READ_BYTES);
        } catch (ChangeGapException e) {
            endAt(e);
            throw e;
        } catch (IOException | RuntimeException e) {
            if (changes.within) {
                readAgain();
            } else {
                closeReader();
            }
            throw e;
        } finally {
            tell();
        }
    }

    private void tell() {
        OpenSegment segment = open;
        if (segment != null) {
            spool.read(position, segment.since(), segment.bytes(), true);
        } else {
            spool.read(position, spool.lastPoll(), 0, false);
        }
    }

    /** What came before a gap is kept if it can be; the gap counts in any case. */
    private void endAt(ChangeGapException gap) {
        closeReader();
        if (changes.within) {
            readAgain();
            return;
        }
        try {
            tell();
            closeSegment();
        } catch (IOException | RuntimeException e) {
            gap.addSuppressed(e);
        }
    }

    /** What is in the open segment is given up, and read again from the end of the one before. */
    private void readAgain() {
        closeReader();
        changes.within = false;
        position = closedTo;
        OpenSegment segment = open;
        open = null;
        if (segment != null) {
            abandon(segment);
        }
    }

    private static void abandon(OpenSegment segment) {
        try {
            segment.abandon();
        } catch (IOException | RuntimeException e) {
            LOG.debug("a file of a segment stays until the replication ends: {}", e.toString());
        }
    }

    /** How long the open segment may stay open; a minute if there is none. */
    Duration untilDue(LeaseTime.Moment now) {
        OpenSegment segment = open;
        if (segment == null) {
            return Duration.ofMinutes(1);
        }
        if (syncing || segment.bytes() >= SEGMENT_BYTES) {
            return Duration.ZERO;
        }
        Duration half = syncInterval.dividedBy(2);
        Duration early = syncInterval.multipliedBy(97).dividedBy(100).minus(uploads.usual());
        Duration left = (early.compareTo(half) > 0 ? early : half).minus(LeaseTime.longest(segment.since(), now));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Closes the open segment at each poll until it is told otherwise. */
    void syncing(boolean now) {
        syncing = now;
    }

    /**
     * What was read goes into the spool, if it is anything.
     *
     * @throws IOException if the segment cannot be completed; then its commits are read again
     */
    void closeSegment() throws IOException {
        OpenSegment segment = open;
        if (segment == null) {
            return;
        }
        try {
            spool.add(segment.finish(position, proof()));
        } catch (IOException | RuntimeException e) {
            readAgain(); // else the next segment would begin where this one does, without its commits
            throw e;
        }
        open = null;
        closedTo = position;
        closedTime = newest;
    }

    /** Of a log that has thrown the commit away already there is none, and nobody resumes there. */
    private byte[] proof() throws IOException {
        try {
            return log.proof(position);
        } catch (ChangeGapException e) {
            LOG.debug("no proof of {}: {}", position, e.toString());
            return new byte[32];
        }
    }

    /** Goes on with another line, where it starts. */
    void begin(Line line) {
        closedTo = line.start();
        closedTime = line.startedAt();
        newest = later(newest, closedTime);
        readAgain();
    }

    private void closeReader() {
        ChangeReader closing = reader;
        reader = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException | RuntimeException e) {
                LOG.debug("cannot close a reader: {}", e.toString());
            }
        }
    }

    /** Lets go of the log; what is in the open segment is given up. */
    @Override
    public void close() {
        readAgain();
    }

    /** What a reader pushes. */
    private final class Changes implements ChangeVisitor {
        private boolean within;

        private OpenSegment segment() throws IOException {
            within = true;
            OpenSegment segment = open;
            if (segment == null) {
                segment = files.open(spool.line(), closedTo, closedTime, spool.lastPoll());
                open = segment;
            }
            return segment;
        }

        @Override
        public void put(String set, byte[] key, byte[] value) throws IOException {
            segment().put(set, key, value);
        }

        @Override
        public void delete(String set, byte[] key) throws IOException {
            segment().delete(set, key);
        }

        @Override
        public void deleteRange(String set, KeyRange keys) throws IOException {
            segment().deleteRange(set, keys);
        }

        @Override
        public void commit(long at, Instant when) throws IOException {
            OpenSegment segment = open;
            if (within && segment != null) {
                Instant floor = later(newest, spool.lastPoll().wall().truncatedTo(ChronoUnit.MILLIS));
                newest = later(when.truncatedTo(ChronoUnit.MILLIS), floor);
                segment.commit(at, newest, when);
            }
            within = false;
            position = at;
        }
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
