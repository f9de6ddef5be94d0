package io.kvbackup.format.log;

import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.format.tree.BytesOut;
import io.kvbackup.format.tree.FrameHead;
import io.kvbackup.model.CorruptBackupException;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies in a segment.
 *
 * @param frames all of them but the footer's own, in the order in which they lie
 * @param commits how many
 * @param ops how many changes they have together
 * @param proof of the last commit up to the segment's end, from the log it was read from
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SegmentFooter(List<Frame> frames, long commits, long ops, byte[] proof) {
    public static final int PROOF_BYTES = 32;

    /** What a frame takes in a footer at least. */
    private static final int LEAST_FRAME_BYTES = 3 + 3 * Long.BYTES;

    /**
     * One frame.
     *
     * @param offset where it begins
     * @param stored bytes that it stores, without its head
     * @param plain bytes of its content, decoded
     * @param first position of the first commit that has a change in it
     * @param last position of the last commit that has one
     * @param lastTime time of that commit
     */
    record Frame(long offset, int stored, int plain, long first, long last, long lastTime) {
        int length() {
            return FrameHead.BYTES + stored;
        }
    }

    public SegmentFooter {
        frames = List.copyOf(frames);
        if (proof.length != PROOF_BYTES) {
            throw new IllegalArgumentException("a proof of " + proof.length + " bytes instead of " + PROOF_BYTES);
        }
    }

    byte[] encode() {
        BytesOut to = new BytesOut(256).varint(frames.size());
        for (Frame frame : frames) {
            to.varint(frame.offset()).varint(frame.stored()).varint(frame.plain());
            to.int64(frame.first()).int64(frame.last()).int64(frame.lastTime());
        }
        return to.varint(commits).varint(ops).raw(proof).toBytes();
    }

    static SegmentFooter decode(byte[] bytes, int headerBytes, long footerOffset, String source)
            throws CorruptBackupException {
        BytesIn in = new BytesIn(bytes, 0, bytes.length, source);
        int count = in.count("number of frames", 0, in.left() / LEAST_FRAME_BYTES);
        List<Frame> frames = new ArrayList<>(count);
        long end = headerBytes;
        for (int i = 0; i < count; i++) {
            Frame frame = new Frame(
                    in.varint("offset of a frame"),
                    in.count("stored length", 1, Integer.MAX_VALUE - FrameHead.BYTES),
                    in.count("plain length", 1, Integer.MAX_VALUE),
                    in.int64("first position"),
                    in.int64("last position"),
                    in.int64("last time"));
            if (frame.offset() != end) {
                throw in.damaged("frame " + i + " at " + frame.offset() + " instead of " + end);
            }
            end += frame.length();
            frames.add(frame);
        }
        if (end != footerOffset) {
            throw in.damaged("the last frame ends at " + end + ", and the footer begins at " + footerOffset);
        }
        long commits = in.varint("number of commits");
        long ops = in.varint("number of changes");
        byte[] proof = in.take(PROOF_BYTES, "proof");
        in.requireEnd();
        return new SegmentFooter(frames, commits, ops, proof);
    }
}
