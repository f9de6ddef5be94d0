package io.kvbackup.format.log;

import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.format.tree.BytesOut;
import io.kvbackup.model.CorruptBackupException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a segment begins with: {@code KVBSEGM1}, a byte of flags (1: encrypted, 2: merged), 8 bytes of the timeline's
 * token and 8 of its random number, the {@link SegmentSpan} in four times 8 bytes and, if it is encrypted, 32 bytes of
 * salt.
 *
 * @param merged whether it was put together from others
 * @param salt null if it is not encrypted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SegmentHeader(TimelineId timeline, SegmentSpan span, boolean merged, byte @Nullable [] salt) {
    static final int SALT_BYTES = 32;
    private static final byte[] MAGIC = {'K', 'V', 'B', 'S', 'E', 'G', 'M', '1'};
    /** Of a segment that is not encrypted. */
    private static final int BYTES = MAGIC.length + 1 + TimelineId.BYTES + 4 * Long.BYTES;

    private static final int ENCRYPTED = 1;
    private static final int MERGED = 2;

    /** Bytes of a header. */
    static int length(boolean encrypted) {
        return encrypted ? BYTES + SALT_BYTES : BYTES;
    }

    /** What comes before the frames in the object. */
    public byte[] encode() {
        byte[] start = withoutSalt();
        return salt == null
                ? start
                : new BytesOut(BYTES + SALT_BYTES).raw(start).raw(salt).toBytes();
    }

    /** The part that the footer vouches for, if the segment is encrypted. */
    byte[] withoutSalt() {
        BytesOut to = new BytesOut(BYTES).raw(MAGIC).int8((salt == null ? 0 : ENCRYPTED) | (merged ? MERGED : 0));
        timeline.write(to);
        return to.int64(span.from())
                .int64(span.to())
                .int64(span.minTime())
                .int64(span.maxTime())
                .toBytes();
    }

    /**
     * Reads a header and proves that it is that of the segment.
     *
     * @param start as many bytes as {@link #length} says
     * @param expected what the name of the object says
     * @param encrypted whether it should be
     * @throws CorruptBackupException if the segment is another one, of another kind or too new
     */
    static SegmentHeader decode(
            byte[] start, TimelineId timeline, SegmentSpan expected, boolean encrypted, String source)
            throws CorruptBackupException {
        BytesIn in = new BytesIn(start, 0, start.length, "header of " + source);
        byte[] magic = in.take(MAGIC.length, "magic number");
        if (!Arrays.equals(magic, MAGIC)) {
            throw in.damaged("no segment of a known version begins with "
                    + HexFormat.of().formatHex(magic)
                    + "; if the segment is newer than this library, update the library");
        }
        int flags = in.int8("flags");
        if ((flags & ~MERGED) != (encrypted ? ENCRYPTED : 0)) {
            throw in.damaged(
                    "flags are " + flags + ", and the segment should " + (encrypted ? "" : "not ") + "be encrypted");
        }
        TimelineId written = TimelineId.read(in);
        long from = in.int64("first position");
        long to = in.int64("last position");
        long minTime = in.int64("first time");
        long maxTime = in.int64("last time");
        if (!written.equals(timeline)
                || from != expected.from()
                || to != expected.to()
                || minTime != expected.minTime()
                || maxTime != expected.maxTime()) {
            throw in.damaged("it is of another segment, of timeline " + written);
        }
        byte[] salt = encrypted ? in.take(SALT_BYTES, "salt") : null;
        return new SegmentHeader(timeline, expected, (flags & MERGED) != 0, salt);
    }
}
