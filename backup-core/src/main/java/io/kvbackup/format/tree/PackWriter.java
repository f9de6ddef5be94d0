package io.kvbackup.format.tree;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Executor;
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
    private static final int OWN_FRAME_BYTES = FrameQueue.FRAME_BYTES / 2;
    private static final long HELD_BYTES = 8 << 20;

    private final PackId id;
    private final FrameWriter out;
    private final PackContents contents = new PackContents();
    private final HeldNodes held = new HeldNodes();
    private final FrameQueue frames;

    /**
     * Begins a pack.
     *
     * @param cipher a new one for this attempt, for this id; null for a pack that is not encrypted
     * @param executor compresses frames beside the caller, if it has time
     */
    public PackWriter(OutputStream to, PackId id, @Nullable PackCipher cipher, Executor executor) throws IOException {
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
        this.frames = new FrameQueue(out, contents, executor);
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
        if (alone || chunk.length() > frames.room()) {
            endChunks();
        }
        if (alone && chunk.tail().length > 0) {
            frames.writeAll();
            FrameHead head = out.writeLarge(chunk);
            long offset = out.offset() - head.frameLength();
            contents.frame(head, offset);
            ref.place().put(0, chunk.length());
            ref.place().settle(offset, head.frameLength());
        } else {
            frames.add(chunk, ref.place());
            if (alone) {
                endChunks();
            }
        }
        contents.chunk(set, ref);
        return ref;
    }

    private void endChunks() throws IOException {
        frames.end(FrameKind.CHUNKS_ZSTD);
        held.encodeSettled();
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
        frames.end(FrameKind.CHUNKS_ZSTD);
        for (List<HeldNodes.Held> level : held.removeAll()) {
            frames.writeAll();
            for (HeldNodes.Held node : level) {
                byte[] bytes = node.encoded();
                if (bytes.length > frames.room()) {
                    frames.end(FrameKind.NODES_ZSTD);
                }
                frames.add(bytes, node.place());
            }
            frames.end(FrameKind.NODES_ZSTD);
        }
        frames.writeAll();
    }

    /** Whether the pack would have as many bytes if it ended now, about. */
    public boolean reaches(long target) throws IOException {
        if (bytes() < target) {
            return false;
        }
        // What is being compressed counts in full until it is written.
        frames.writeAll();
        return bytes() >= target;
    }

    long bytes() {
        return out.offset() + frames.bytes() + held.bytes();
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
        frames.close();
        out.close();
    }
}
