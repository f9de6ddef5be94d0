package io.kvbackup.format.log;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.format.tree.FrameCipher;
import io.kvbackup.format.tree.FrameHead;
import io.kvbackup.format.tree.FrameKind;
import io.kvbackup.format.tree.FrameReader;
import io.kvbackup.format.tree.PackTrailer;
import io.kvbackup.model.CorruptBackupException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment from its first byte on. What it pushes is proved, as a whole, when {@link #next} returns false: that
 * it is the segment that was asked for, each frame, that commits follow each other and are complete, and that they are
 * those of the footer. Holds one frame in memory. Not thread-safe; the stream is the caller's.
 */
public final class SegmentReader implements Closeable {
    /** Takes changes and forgets them. */
    public static final ChangeVisitor NOTHING = new ChangeVisitor() {
        @Override
        public void put(String set, byte[] key, byte[] value) {}

        @Override
        public void delete(String set, byte[] key) {}

        @Override
        public void deleteRange(String set, KeyRange keys) {}

        @Override
        public void commit(long position, Instant time) {}
    };

    private static final Set<FrameKind> FRAMES =
            EnumSet.of(FrameKind.CHANGES_ZSTD, FrameKind.CHANGES_RAW, FrameKind.LOG_FOOTER_ZSTD);

    private final InputStream in;
    private final String source;
    private final SegmentHeader header;
    private final @Nullable FrameCipher cipher;
    private final FrameReader frames = new FrameReader();
    private final Commits commits;
    private final List<SegmentFooter.Frame> seen = new ArrayList<>();
    private long offset;
    private @Nullable SegmentFooter footer;

    /**
     * Reads the header.
     *
     * @param span what the segment's name says
     * @param key of the timeline; null if it is not encrypted
     * @param source what to call the segment in messages
     * @throws CorruptBackupException if it is another one
     */
    public SegmentReader(InputStream in, TimelineId timeline, SegmentSpan span, @Nullable SegmentKey key, String source)
            throws IOException {
        this.in = in;
        this.source = source;
        this.commits = new Commits(span);
        try {
            header = SegmentHeader.decode(take(SegmentHeader.length(key != null)), timeline, span, key != null, source);
            byte[] salt = header.salt();
            cipher = key == null || salt == null ? null : key.cipher(salt, timeline, source);
        } catch (IOException | RuntimeException e) {
            frames.close();
            throw e;
        }
    }

    private byte[] take(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new CorruptBackupException(source + " ends after " + (offset + bytes.length) + " bytes: it was cut");
        }
        offset += count;
        return bytes;
    }

    /**
     * Reads a frame, and pushes those commits of it that are wanted.
     *
     * @param choice asked once for each commit
     * @return false if there was none more; then all is proved
     */
    public boolean next(CommitChoice choice, ChangeVisitor to) throws IOException {
        FrameReader.Stored frame = nextFrame();
        if (frame == null) {
            return false;
        }
        readCommits(frame, choice, to);
        return true;
    }

    /** The next frame; null if there is none more. */
    FrameReader.@Nullable Stored nextFrame() throws IOException {
        if (footer != null) {
            return null;
        }
        long start = offset;
        String place = source + ", frame at " + start;
        byte[] head = take(FrameHead.BYTES);
        FrameHead decoded = FrameHead.decode(new BytesIn(head, 0, head.length, place));
        byte[] stored = take(decoded.storedLength());
        byte[] whole = Arrays.copyOf(head, head.length + stored.length);
        System.arraycopy(stored, 0, whole, head.length, stored.length);
        if (decoded.kind() == FrameKind.LOG_FOOTER_ZSTD) {
            finish(whole, start);
            return null;
        }
        return FrameReader.open(FRAMES, whole, 0, whole.length, start, cipher, place);
    }

    /** Reads the commits of the frame that came last. */
    SegmentFooter.Frame readCommits(FrameReader.Stored frame, CommitChoice choice, ChangeVisitor to)
            throws IOException {
        long start = offset - FrameHead.BYTES - frame.length() - (cipher == null ? 0 : FrameCipher.TAG_BYTES);
        String place = source + ", frame at " + start;
        byte[] plain = frames.content(frame, place);
        commits.read(plain, choice, to, place);
        SegmentFooter.Frame listed = new SegmentFooter.Frame(
                start,
                (int) (offset - start - FrameHead.BYTES),
                plain.length,
                commits.first(),
                commits.position(),
                commits.time());
        seen.add(listed);
        return listed;
    }

    private void finish(byte[] frame, long start) throws IOException {
        String place = "footer of " + source;
        FrameCipher vouching = cipher == null ? null : cipher.vouchingFor(header.withoutSalt());
        byte[] plain = frames.read(FRAMES, frame, 0, frame.length, start, vouching, place);
        SegmentFooter found = SegmentFooter.decode(plain, SegmentHeader.length(cipher != null), start, place);
        byte[] trailer = take(PackTrailer.BYTES);
        PackTrailer.decode(trailer, offset, SegmentOutput.END, "trailer of " + source);
        if (in.read() >= 0) {
            throw new CorruptBackupException(source + " goes on after its end");
        }
        if (!seen.equals(found.frames())) {
            throw new CorruptBackupException(source + " has other frames than its footer says");
        }
        commits.requireAll(found, source);
        footer = found;
    }

    /** What the segment says of itself, once it is read to its end. */
    public SegmentFooter footer() {
        return Objects.requireNonNull(footer, "the segment is not read to its end");
    }

    @Override
    public void close() {
        frames.close();
    }
}
