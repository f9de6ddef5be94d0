package io.kvbackup.format.log;

import io.kvbackup.format.tree.FrameReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts segments of one timeline that follow each other together to one, frame by frame as they are, so that no commit
 * is lost. Reads every commit on the way, so that no damage goes on. Not thread-safe; {@code close()} only frees
 * memory, and without {@link #finish} there is no segment.
 */
public final class SegmentMerge implements Closeable {
    private final SegmentOutput out;
    private long to;
    private long maxTime;
    private long commits;
    private long ops;
    private byte @Nullable [] proof;

    /**
     * @param body takes all but the {@linkplain SegmentHeader#encode header}, which belongs before it
     * @param first of the segments to come
     * @param key of the timeline; null if it is not encrypted
     */
    public SegmentMerge(OutputStream body, TimelineId timeline, SegmentSpan first, @Nullable SegmentKey key) {
        this.out = new SegmentOutput(body, timeline, first.from(), first.minTime(), true, key);
        this.to = first.from();
        this.maxTime = first.minTime();
    }

    /**
     * Adds the next segment.
     *
     * @param segment of which nothing has been read
     * @throws IllegalArgumentException if it does not follow the one before
     */
    public void add(SegmentSpan span, SegmentReader segment) throws IOException {
        if (span.from() != to || span.minTime() != maxTime) {
            throw new IllegalArgumentException("segment " + span + " does not follow the one up to "
                    + Long.toUnsignedString(to) + " at " + maxTime);
        }
        FrameReader.Stored frame;
        while ((frame = segment.nextFrame()) != null) {
            out.copy(frame, segment.readCommits(frame, CommitChoice.NONE, SegmentReader.NOTHING));
        }
        SegmentFooter footer = segment.footer();
        commits += footer.commits();
        ops += footer.ops();
        proof = footer.proof();
        to = span.to();
        maxTime = span.maxTime();
    }

    /** About how long the body would be if the segment ended now. */
    public long bytes() {
        return out.bytes();
    }

    /**
     * Completes the body.
     *
     * @return the header, which belongs before it
     */
    public SegmentHeader finish() throws IOException {
        return out.finish(to, maxTime, commits, ops, Objects.requireNonNull(proof, "no segment was added"));
    }

    @Override
    public void close() {
        out.close();
    }
}
