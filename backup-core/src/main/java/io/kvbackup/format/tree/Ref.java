package io.kvbackup.format.tree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a chunk or node: its digest, what is below, and where it lies. Immutable but for a {@link Place} that
 * is not settled yet.
 */
public final class Ref {
    /** Levels of a tree of 2^63 entries, and room for keys that were made to be cut often. */
    static final int MAX_LEVEL = 60;

    private final int level;
    private final byte[] lastKey;
    private final Digest digest;
    private final long entries;
    private final long bytes;
    private final Place place;
    private final @Nullable Node home;

    /**
     * @param level 0 for a chunk, otherwise that of the node
     * @param lastKey of all keys below; not copied, never changed
     * @param digest of the chunk or of the node's content part
     * @param entries below
     * @param bytes plain bytes of the chunks below
     * @throws IllegalArgumentException if no chunk or node can be so
     */
    public Ref(int level, byte[] lastKey, Digest digest, long entries, long bytes, Place place) {
        this(level, lastKey, digest, entries, bytes, place, null);
    }

    /** @param home the node that was read and holds it */
    Ref(int level, byte[] lastKey, Digest digest, long entries, long bytes, Place place, @Nullable Node home) {
        if (level < 0 || level > MAX_LEVEL || entries < 1 || bytes / Chunk.LEAST_ENTRY_BYTES < entries) {
            throw new IllegalArgumentException(
                    "no reference: level " + level + ", " + entries + " entries in " + bytes + " bytes");
        }
        if (level == 0 && place.isSettled() && place.length() != bytes) {
            throw new IllegalArgumentException("a chunk of " + bytes + " bytes at a place of " + place.length());
        }
        this.level = level;
        this.lastKey = lastKey;
        this.digest = Objects.requireNonNull(digest, "digest");
        this.entries = entries;
        this.bytes = bytes;
        this.place = place;
        this.home = home;
    }

    /** 0 for a chunk, otherwise that of the node. */
    public int level() {
        return level;
    }

    public boolean isChunk() {
        return level == 0;
    }

    /** The greatest key below, which ends the run of keys that this stands for. Not to be changed. */
    public byte[] lastKey() {
        return lastKey;
    }

    public Digest digest() {
        return digest;
    }

    public long entries() {
        return entries;
    }

    /** Plain bytes of the chunks below. */
    public long bytes() {
        return bytes;
    }

    public Place place() {
        return place;
    }

    /** The node that this was read from. */
    @Nullable
    Node home() {
        return home;
    }

    @Override
    public String toString() {
        return (isChunk() ? "chunk " : "node of level " + level + " ") + digest + " in " + place;
    }
}
