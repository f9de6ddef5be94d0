package io.kvbackup.format.log;

import io.kvbackup.format.tree.FrameCipher;
import io.kvbackup.format.tree.FrameHead;
import io.kvbackup.format.tree.FrameKind;
import io.kvbackup.format.tree.FrameReader;
import io.kvbackup.format.tree.FrameWriter;
import io.kvbackup.format.tree.PackTrailer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes all of a segment but its header, which comes first in the object and is known last. Not thread-safe;
 * {@code close()} frees memory and writes nothing.
 */
final class SegmentOutput implements Closeable {
    static final byte[] END = {'K', 'V', 'B', 'S', 'E', 'N', 'D', '1'};

    private final TimelineId timeline;
    private final long from;
    private final long minTime;
    private final boolean merged;
    private final byte @Nullable [] salt;
    private final @Nullable FrameCipher cipher;
    private final FrameWriter out;
    private final List<SegmentFooter.Frame> frames = new ArrayList<>();

    SegmentOutput(
            OutputStream body, TimelineId timeline, long from, long minTime, boolean merged, @Nullable SegmentKey key) {
        this.timeline = timeline;
        this.from = from;
        this.minTime = minTime;
        this.merged = merged;
        this.salt = key == null ? null : key.newSalt();
        this.cipher = key == null || salt == null ? null : key.cipher(salt, timeline, "new segment");
        this.out = new FrameWriter(body, cipher, SegmentHeader.length(key != null));
    }

    void write(byte[] plain, int length, long first, long last, long lastTime) throws IOException {
        list(out.write(FrameKind.CHANGES_ZSTD, plain, length), first, last, lastTime);
    }

    /** Writes a frame of another segment again. */
    void copy(FrameReader.Stored content, SegmentFooter.Frame listed) throws IOException {
        list(out.copy(content), listed.first(), listed.last(), listed.lastTime());
    }

    private void list(FrameHead head, long first, long last, long lastTime) {
        long offset = out.offset() - head.frameLength();
        frames.add(new SegmentFooter.Frame(offset, head.storedLength(), head.plainLength(), first, last, lastTime));
    }

    /** How long the object would be about, if it ended now. */
    long bytes() {
        return out.offset();
    }

    /** Completes the body; what is returned belongs before it. */
    SegmentHeader finish(long to, long maxTime, long commits, long ops, byte[] proof) throws IOException {
        SegmentSpan span = new SegmentSpan(from, to, minTime, maxTime);
        SegmentHeader header = new SegmentHeader(timeline, span, merged, salt);
        byte[] footer = new SegmentFooter(frames, commits, ops, proof).encode();
        long offset = out.offset();
        FrameHead head = out.write(
                FrameKind.LOG_FOOTER_ZSTD,
                footer,
                footer.length,
                cipher == null ? null : cipher.vouchingFor(header.withoutSalt()));
        out.writeRaw(new PackTrailer(offset, head.frameLength()).encode(END));
        return header;
    }

    @Override
    public void close() {
        out.close();
    }
}
