package io.kvbackup.format.tree;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one pack: chunks as they come, gathered to frames; nodes when it ends, or when so many are held that memory
 * asks for it.
 *
 * <p>What it returns refers to places that are settled when their frame is written: those of chunks soon, those of
 * nodes by {@link #finish}. Packs are written one after the other: a node may refer to whatever was written before.
 * {@code close()} only frees memory; without {@code finish()} there is no pack. Not thread-safe.
 */
public final class PackWriter implements Closeable {
    private static final int FRAME_BYTES = 128 * 1024;
    private static final int OWN_FRAME_BYTES = FRAME_BYTES / 2;
    private static final long HELD_BYTES = 8 << 20;

    private final PackId id;
    private final FrameWriter out;
    private final PackContents contents = new PackContents();
    private final HeldNodes held = new HeldNodes();
    /** Those whose places the open frame will settle. */
    private final List<Place> open = new ArrayList<>();

    private byte[] frame = new byte[FRAME_BYTES];
    private int filled;

    /**
     * Begins a pack.
     *
     * @param cipher a new one for this attempt, for this id; null for a pack that is not encrypted
     */
    public PackWriter(OutputStream to, PackId id, @Nullable PackCipher cipher) throws IOException {
        PackHeader header = cipher == null ? new PackHeader(id, null) : cipher.header();
        if (!header.id().equals(id)) {
            throw new IllegalArgumentException("the cipher of pack " + header.id() + " for pack " + id);
        }
        this.id = id;
        this.out = new FrameWriter(to, cipher == null ? null : cipher.frames(), 0);
        try {
            out.writeRaw(header.encode());
        } catch (IOException | RuntimeException e) {
            out.close();
            throw e;
        }
    }

    public PackId id() {
        return id;
    }

    /**
     * Puts a chunk into the pack.
     *
     * @param set under which the footer will list it
     * @return a reference to it
     */
    public Ref add(String set, Chunk chunk) throws IOException {
        Ref ref = chunk.at(Place.in(id));
        boolean alone = chunk.length() >= OWN_FRAME_BYTES;
        if (alone || chunk.length() > FRAME_BYTES - filled) {
            writeChunks();
        }
        if (alone && chunk.tail().length > 0) {
            FrameHead head = written(out.writeLarge(chunk));
            ref.place().put(0, chunk.length());
            ref.place().settle(out.offset() - head.frameLength(), head.frameLength());
        } else {
            int at = filled;
            chunk.copyTo(room(chunk.length(), ref.place()), at);
            if (alone) {
                writeChunks();
            }
        }
        contents.chunk(set, ref);
        return ref;
    }

    /** Room in the open frame for something that will lie at the place. */
    private byte[] room(int length, Place place) {
        if (length > frame.length - filled) {
            frame = Arrays.copyOf(frame, filled + length);
        }
        place.put(filled, length);
        open.add(place);
        filled += length;
        return frame;
    }

    private void writeChunks() throws IOException {
        if (filled > 0) {
            writeFrame(FrameKind.CHUNKS_ZSTD);
            held.encodeSettled();
        }
    }

    private void writeFrame(FrameKind kind) throws IOException {
        long offset = out.offset();
        FrameHead head = written(out.write(kind, frame, filled));
        open.forEach(place -> place.settle(offset, head.frameLength()));
        open.clear();
        filled = 0;
    }

    private FrameHead written(FrameHead head) {
        contents.frame(head, out.offset() - head.frameLength());
        return head;
    }

    /**
     * Makes a node of references, and holds it until nodes are written.
     *
     * @param set under which the footer will list it, if it is of level 1
     * @param level of the node
     * @param refs of the level below, ascending
     * @return a reference to the node
     */
    public Ref addNode(String set, int level, List<Ref> refs) throws IOException {
        NewNode node = new NewNode(level, refs);
        Ref ref = node.at(Place.in(id));
        held.add(node, ref.place());
        if (level == 1) {
            contents.node(set, ref, refs);
        }
        if (held.bytes() > HELD_BYTES) {
            writeNodes();
        }
        return ref;
    }

    /** All that are held, level by level: those above say where those below lie. */
    private void writeNodes() throws IOException {
        writeChunks();
        for (List<HeldNodes.Held> level : held.removeAll()) {
            for (HeldNodes.Held node : level) {
                byte[] bytes = node.encoded();
                if (filled > 0 && bytes.length > FRAME_BYTES - filled) {
                    writeFrame(FrameKind.NODES_ZSTD);
                }
                int at = filled;
                System.arraycopy(bytes, 0, room(bytes.length, node.place()), at, bytes.length);
            }
            if (filled > 0) {
                writeFrame(FrameKind.NODES_ZSTD);
            }
        }
    }

    /** About how long the pack would be if it ended now. */
    public long bytes() {
        return out.offset() + filled + held.bytes();
    }

    /** Whether nothing has been put into it. */
    public boolean isEmpty() {
        return contents.isEmpty() && held.isEmpty();
    }

    /** Writes what is held, the footer and the trailer, and so makes the pack whole. */
    public void finish() throws IOException {
        writeNodes();
        long offset = out.offset();
        byte[] footer = contents.footer().encode();
        FrameHead head = out.write(FrameKind.FOOTER_ZSTD, footer, footer.length);
        out.writeRaw(new PackTrailer(offset, head.frameLength()).encode());
    }

    @Override
    public void close() {
        out.close();
    }
}
