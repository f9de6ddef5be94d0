package io.kvbackup.format.tree;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the entries of one set into chunks, by what the keys are and not by where the chunk before ended, so that a
 * change reaches three chunks at most and history leaves no trace. With chunk size C, and an entry's place being where
 * its encoded bytes end:
 *
 * <ol>
 *   <li>A chunk ends after an entry whose hash is the least of all entries within C / 2 bytes, of equal ones the first.
 *   <li>An entry of 2C bytes or more is a chunk of its own.
 *   <li>A chunk ends before the entry that would make it longer than 16C; only keys that were made for it get there.
 *   <li>The last entry of a set ends a chunk.
 * </ol>
 *
 * <p>The rule is local maximum chunking (Bjørner, Blass, Gurevich: Content-dependent chunking for differential
 * compression), here of key hashes. Entries are copied once, large values not at all. Not thread-safe.
 */
public final class Chunker implements EntryVisitor {
    public static final int DEFAULT_SIZE = 3072;
    public static final int MIN_SIZE = 1024;
    public static final int MAX_SIZE = 64 * 1024;

    private static final byte[] NONE = {};

    private final int reach;
    private final int large;
    private final int largest;
    private final String source;
    private final ChunkVisitor to;
    private final Digester digester = new Digester();
    private final HashWindow window;
    /** Entries whose fate is open, since what follows may reach them: in order. */
    private final ArrayDeque<Undecided> undecided = new ArrayDeque<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Undecided(byte[] key, long end) {}

    private byte[] buffer;
    private int filled;
    /** What of the buffer has been cut off already. */
    private int chunkStart;
    /** Bytes of the set before the buffer's first. */
    private long base;

    private byte @Nullable [] lastKey;
    /** Of the chunk that is open: the last entry whose fate is decided. */
    private @Nullable Undecided lastDecided;

    private long entries;

    /**
     * @param chunkSize the mean size to aim at, {@value #MIN_SIZE} to {@value #MAX_SIZE}
     * @param source what to call the entries in messages: their database and set
     * @throws IllegalArgumentException if the size is not in that range
     */
    public Chunker(int chunkSize, String source, ChunkVisitor to) {
        requireSize(chunkSize);
        this.source = source;
        this.reach = chunkSize / 2;
        this.large = 2 * chunkSize;
        this.largest = 16 * chunkSize;
        this.to = to;
        this.window = new HashWindow(reach);
        this.buffer = new byte[4 * chunkSize];
    }

    /**
     * One that goes on after a chunk, whose last entry is all that what follows depends on.
     *
     * @param lastKey of a chunk that {@linkplain #isCutShort was not cut short}
     */
    public static Chunker after(byte[] lastKey, int chunkSize, String source, ChunkVisitor to) {
        Chunker chunker = new Chunker(chunkSize, source, to);
        chunker.window.add(0, KeyHash.ofEntry(lastKey));
        chunker.lastKey = lastKey;
        return chunker;
    }

    /**
     * Whether a chunk may have been cut for its length, as crafted keys bring about: then what follows depends on more
     * than its last entry.
     */
    public static boolean isCutShort(int chunkSize, long bytes, long entries) {
        return entries > 1 && bytes > 14L * chunkSize;
    }

    /** Whether a chunk is one large entry, so that chunks end before and after it whatever is around. */
    public static boolean isAlone(int chunkSize, long bytes, long entries) {
        return entries == 1 && bytes >= 2L * chunkSize;
    }

    /** @return the same */
    public static int requireSize(int chunkSize) {
        if (chunkSize < MIN_SIZE || chunkSize > MAX_SIZE) {
            throw new IllegalArgumentException(
                    "chunk size " + chunkSize + " is not between " + MIN_SIZE + " and " + MAX_SIZE + " bytes");
        }
        return chunkSize;
    }

    /** @throws IOException if the key is not greater than the one before, or from the visitor of chunks */
    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        if (lastKey != null && Arrays.compareUnsigned(lastKey, key) >= 0) {
            throw new IOException(
                    source + ": the snapshot does not push its keys in ascending byte order, each once; its adapter"
                            + " breaks the contract of DatabaseSnapshot.readEntries");
        }
        lastKey = key;
        long size = (long) BytesOut.varintBytes(key.length)
                + key.length
                + BytesOut.varintBytes(value.length)
                + value.length;
        long end = base + filled + size;
        decideBefore(end - reach);
        long hash = KeyHash.ofEntry(key);
        if (size >= large) {
            cut();
            cutLarge(key, value, size);
        } else {
            append(key, value, (int) size);
            undecided.add(new Undecided(key, end));
        }
        window.add(end, hash);
    }

    /** Decides about all that nothing more can reach: what ends before {@code end}. */
    private void decideBefore(long end) throws IOException {
        Undecided next;
        while ((next = undecided.peek()) != null && next.end < end) {
            undecided.remove();
            decide(next);
        }
    }

    private void decide(Undecided entry) throws IOException {
        if (entry.end - base - chunkStart > largest) {
            cut();
        }
        lastDecided = entry;
        entries++;
        if (window.isLeast(entry.end)) {
            cut();
        }
    }

    /** Ends the open chunk, if there is anything in it, after the last entry that was decided about. */
    private void cut() throws IOException {
        Undecided last = lastDecided;
        if (last == null) {
            return;
        }
        int length = (int) (last.end - base) - chunkStart;
        to.visit(new Chunk(buffer, chunkStart, length, NONE, last.key, entries, digester));
        chunkStart += length;
        lastDecided = null;
        entries = 0;
    }

    private void cutLarge(byte[] key, byte[] value, long size) throws IOException {
        if (size > Integer.MAX_VALUE - 64) {
            throw new IOException(
                    source + ": an entry of " + size + " bytes is longer than a tree can hold, which is 2 GiB; back the"
                            + " database up with kind FULL");
        }
        byte[] head = new byte[(int) size - value.length];
        putHead(key, value, head, 0);
        // Nothing is undecided, and nothing is left in the buffer: it has been cut.
        base += size;
        to.visit(new Chunk(head, 0, head.length, value, key, 1, digester));
    }

    private void append(byte[] key, byte[] value, int size) {
        if (size > buffer.length - filled) {
            makeRoom(size);
        }
        int at = putHead(key, value, buffer, filled);
        System.arraycopy(value, 0, buffer, at, value.length);
        filled += size;
    }

    private static int putHead(byte[] key, byte[] value, byte[] to, int from) {
        int at = BytesOut.putVarint(to, from, key.length);
        System.arraycopy(key, 0, to, at, key.length);
        return BytesOut.putVarint(to, at + key.length, value.length);
    }

    private void makeRoom(int size) {
        int kept = filled - chunkStart;
        byte[] roomy = size > buffer.length - kept || kept > buffer.length / 2 ? new byte[2 * buffer.length] : buffer;
        System.arraycopy(buffer, chunkStart, roomy, 0, kept);
        buffer = roomy;
        base += chunkStart;
        filled = kept;
        chunkStart = 0;
    }

    /** Emits what is left of the set. Nothing may be visited afterwards. */
    public void finish() throws IOException {
        decideBefore(Long.MAX_VALUE);
        cut();
    }
}
