package io.kvbackup.format.tree;

import java.util.Objects;

/**
 * Where a chunk or node lies: a run of bytes of what a frame of a pack holds, decoded.
 *
 * <p>In a tree that is read it is settled. In one that is being written, that of a new chunk is settled when its frame
 * is full, and that of a new node when its pack writes the nodes it holds; asking before is a mistake.
 */
public final class Place {
    /** Of what is only digested. */
    static final Place NOWHERE = new Place(new PackId(0, 0));

    private final PackId pack;
    private long frameOffset;
    /** The whole frame with its header; 0 while it is not settled. */
    private int frameLength;

    private int offset;
    private int length;

    private Place(PackId pack) {
        this.pack = pack;
    }

    /**
     * A place that is known.
     *
     * @param frameOffset where in the pack the frame begins
     * @param frameLength bytes of the frame with its header
     * @param offset where in the frame's content the run begins
     * @param length bytes of the run
     * @throws IllegalArgumentException if no such place can be
     */
    public static Place of(PackId pack, long frameOffset, int frameLength, int offset, int length) {
        if (frameOffset < 0
                || frameLength < 1
                || frameOffset > Long.MAX_VALUE - frameLength
                || offset < 0
                || length < 1
                || offset > Integer.MAX_VALUE - length) {
            throw new IllegalArgumentException("no place: frame at " + frameOffset + " of " + frameLength
                    + " bytes, content at " + offset + " of " + length + " bytes");
        }
        Place place = new Place(pack);
        place.put(offset, length);
        place.settle(frameOffset, frameLength);
        return place;
    }

    /** A place in a pack that is being written. */
    static Place in(PackId pack) {
        return new Place(pack);
    }

    /** It has been put into a frame that is still open. */
    void put(int inFrame, int bytes) {
        offset = inFrame;
        length = bytes;
    }

    /** The frame was written. */
    void settle(long inPack, int bytes) {
        frameOffset = inPack;
        frameLength = bytes;
    }

    public PackId pack() {
        return pack;
    }

    /** Whether the frame is known. The pack always is. */
    public boolean isSettled() {
        return frameLength > 0;
    }

    public long frameOffset() {
        requireSettled();
        return frameOffset;
    }

    /** Bytes of the whole frame with its header: what to read from the pack. */
    public int frameLength() {
        requireSettled();
        return frameLength;
    }

    /** Where the run begins in what the frame holds, decoded. */
    public int offset() {
        requireSettled();
        return offset;
    }

    public int length() {
        requireSettled();
        return length;
    }

    private void requireSettled() {
        if (!isSettled()) {
            throw new IllegalStateException(this + ": not settled before the pack has written the frame");
        }
    }

    /** Whether it begins where another ends, in the same frame. */
    boolean follows(Place former) {
        return isInFrameOf(former) && offset == former.offset + former.length;
    }

    /** Whether both lie in one frame: one read and one decoding gives both. */
    public boolean isInFrameOf(Place other) {
        return frameOffset == other.frameOffset && frameLength == other.frameLength && pack.equals(other.pack);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Place place && isInFrameOf(place) && offset == place.offset && length == place.length;
    }

    @Override
    public int hashCode() {
        return Objects.hash(pack, frameOffset, offset);
    }

    @Override
    public String toString() {
        return "pack " + pack
                + (isSettled() ? ", frame at " + frameOffset + ", content at " + offset : ", in a frame to come");
    }
}
