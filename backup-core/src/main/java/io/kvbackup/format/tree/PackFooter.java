package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What lies in a pack, so that one that no backup names can still be made use of.
 *
 * @param frames all of them but the footer's own, in the order in which they lie
 * @param sets for each set the nodes of level 1 in this pack, and those chunks in it that none of these nodes names,
 *     ascending by last key
 */
public record PackFooter(List<Frame> frames, Map<String, List<Ref>> sets) {
    /**
     * One frame.
     *
     * @param offset where it begins
     * @param stored bytes that it stores, without its head
     * @param plain bytes of its content, decoded
     */
    public record Frame(FrameKind kind, long offset, int stored, int plain) {
        /** Bytes of the whole frame. */
        public int length() {
            return FrameHead.BYTES + stored;
        }
    }

    public PackFooter {
        frames = List.copyOf(frames);
        sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
    }

    byte[] encode() {
        BytesOut to = new BytesOut(4096).varint(frames.size());
        for (Frame frame : frames) {
            to.int8(frame.kind().code());
            to.varint(frame.offset()).varint(frame.stored()).varint(frame.plain());
        }
        to.varint(sets.size());
        sets.forEach((set, refs) -> {
            to.text(set);
            RefList.writeContent(refs, RefList.MIXED, to);
            RefList.writeLocations(refs, to);
        });
        return to.toBytes();
    }

    static PackFooter decode(byte[] bytes, PackId pack, boolean encrypted, long footerOffset, String source)
            throws CorruptBackupException {
        BytesIn in = new BytesIn(bytes, 0, bytes.length, source);
        List<Frame> frames = readFrames(in, encrypted ? PackHeader.ENCRYPTED_BYTES : PackHeader.BYTES, footerOffset);
        Map<String, List<Ref>> sets = new LinkedHashMap<>();
        for (int left = in.count("number of sets", 0, in.left()); left > 0; left--) {
            String set = in.text("name of a set");
            List<RefList.Content> contents = RefList.readContent(in, RefList.MIXED, Integer.MAX_VALUE);
            List<Ref> refs = RefList.readLocations(in, contents, null);
            for (Ref ref : refs) {
                requireHere(ref, pack, footerOffset, in);
            }
            if (refs.isEmpty() || sets.put(set, refs) != null) {
                throw in.damaged("set '" + set + "' is empty or listed twice");
            }
        }
        in.requireEnd();
        return new PackFooter(frames, sets);
    }

    private static List<Frame> readFrames(BytesIn in, int headerBytes, long footerOffset)
            throws CorruptBackupException {
        int count = in.count("number of frames", 0, in.left() / 4);
        List<Frame> frames = new ArrayList<>(count);
        long end = headerBytes;
        for (int i = 0; i < count; i++) {
            Frame frame = new Frame(
                    FrameKind.read(in),
                    in.varint("offset of a frame"),
                    in.count("stored length", 1, Integer.MAX_VALUE - FrameHead.BYTES),
                    in.count("plain length", 1, Integer.MAX_VALUE));
            if (frame.offset() != end
                    || frame.kind() == FrameKind.FOOTER_ZSTD
                    || !frame.kind().isOfPack()) {
                throw in.damaged(
                        "frame " + i + " of kind " + frame.kind() + " at " + frame.offset() + " instead of " + end);
            }
            end += frame.length();
            frames.add(frame);
        }
        if (end != footerOffset) {
            throw in.damaged("the last frame ends at " + end + ", and the footer begins at " + footerOffset);
        }
        return frames;
    }

    private static void requireHere(Ref ref, PackId pack, long footerOffset, BytesIn in) throws CorruptBackupException {
        Place place = ref.place();
        if (ref.level() > 1 || !place.pack().equals(pack) || place.frameOffset() > footerOffset - place.frameLength()) {
            throw in.damaged(ref + " is not of this pack");
        }
    }
}
