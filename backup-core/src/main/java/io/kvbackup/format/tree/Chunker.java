package io.kvbackup.format.tree;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.util.Arrays;

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
    /** Entries whose fate is open, since what follows may reach them. */
    private final EntryRing undecided = new EntryRing();

    private byte[] buffer;
    private int filled;
    /** What of the buffer has been cut off already. */
    private int chunkStart;
    /** Bytes of the set before the buffer's first. */
    private long base;

    /** Key of the last entry, if it is not in the buffer. */
    private byte[] lastKey = NONE;
    /** Where the key of the last entry is in the set, if it is in the buffer; -1 otherwise. */
    private long lastKeyAt = -1;

    private int lastKeyLength = -1;

    /** Of the chunk that is open: the last entry that was decided about; it has that many. */
    private long decidedEnd;

    private long decidedKey;
    private int decidedKeyLength;
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
        chunker.lastKeyLength = lastKey.length;
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
        long size = (long) BytesOut.varintBytes(key.length)
                + key.length
                + BytesOut.varintBytes(value.length)
                + value.length;
        if (size >= large) {
            requireGreater(key, 0, key.length);
            cutLarge(key, value, size);
            return;
        }
        makeRoom((int) size);
        int at = EntryBatch.putHead(key, value, buffer, filled);
        System.arraycopy(value, 0, buffer, at, value.length);
        takeOver((int) size);
    }

    /**
     * Takes many entries. The batch may be used again afterwards.
     *
     * @throws IOException as {@link #visit}
     */
    public void visitAll(EntryBatch batch) throws IOException {
        makeRoom(batch.size());
        System.arraycopy(batch.array(), 0, buffer, filled, batch.size());
        takeOver(batch.size());
    }

    /** Takes the entries that were put behind what is filled. */
    private void takeOver(int length) throws IOException {
        int end = filled + length;
        while (filled < end) {
            filled = take(filled);
        }
    }

    /** Takes the entry that begins there; gives where it ends. */
    private int take(int start) throws IOException {
        int at = start;
        int keyLength = varint(at);
        at += BytesOut.varintBytes(keyLength);
        requireGreater(buffer, at, keyLength);
        int keyAt = at;
        at += keyLength;
        int valueLength = varint(at);
        int endAt = at + BytesOut.varintBytes(valueLength) + valueLength;
        long end = base + endAt;
        lastKeyAt = base + keyAt;
        lastKeyLength = keyLength;
        decideBefore(end - reach);
        window.add(end, KeyHash.ofEntry(buffer, keyAt, keyLength));
        if (endAt - start >= large) {
            cut();
            byte[] key = Arrays.copyOfRange(buffer, keyAt, keyAt + keyLength);
            to.visit(new Chunk(buffer, start, endAt - start, NONE, key, 1, digester));
            chunkStart = endAt;
            lastKey = key;
            lastKeyAt = -1;
        } else {
            undecided.add(end, lastKeyAt, keyLength);
        }
        return endAt;
    }

    /** What this class has encoded itself. */
    private int varint(int at) {
        int value = 0;
        int position = at;
        for (int shift = 0; ; shift += 7) {
            byte next = buffer[position++];
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private void requireGreater(byte[] key, int from, int length) throws IOException {
        if (lastKeyLength >= 0) {
            byte[] former = lastKeyAt < 0 ? lastKey : buffer;
            int formerAt = lastKeyAt < 0 ? 0 : (int) (lastKeyAt - base);
            if (Arrays.compareUnsigned(former, formerAt, formerAt + lastKeyLength, key, from, from + length) >= 0) {
                throw new IOException(
                        source + ": the snapshot does not push its keys in ascending byte order, each once; its adapter"
                                + " breaks the contract of DatabaseSnapshot.readEntries");
            }
        }
    }

    /** Decides about all that nothing more can reach: what ends before {@code end}. */
    private void decideBefore(long end) throws IOException {
        while (!undecided.isEmpty() && undecided.end() < end) {
            decide();
        }
    }

    private void decide() throws IOException {
        long end = undecided.end();
        if (end - base - chunkStart > largest) {
            cut();
        }
        decidedEnd = end;
        decidedKey = undecided.key();
        decidedKeyLength = undecided.keyLength();
        undecided.remove();
        entries++;
        if (window.isLeast(end)) {
            cut();
        }
    }

    /** Ends the open chunk, if there is anything in it, after the last entry that was decided about. */
    private void cut() throws IOException {
        if (entries == 0) {
            return;
        }
        int length = (int) (decidedEnd - base) - chunkStart;
        int keyAt = (int) (decidedKey - base);
        byte[] key = Arrays.copyOfRange(buffer, keyAt, keyAt + decidedKeyLength);
        to.visit(new Chunk(buffer, chunkStart, length, NONE, key, entries, digester));
        chunkStart += length;
        entries = 0;
    }

    /** A large entry that is not in the buffer: its value is not copied. */
    private void cutLarge(byte[] key, byte[] value, long size) throws IOException {
        if (size > Integer.MAX_VALUE - 64) {
            throw new IOException(
                    source + ": an entry of " + size + " bytes is longer than a tree can hold, which is 2 GiB; back the"
                            + " database up with kind FULL");
        }
        long end = base + filled + size;
        decideBefore(end - reach);
        cut();
        byte[] head = new byte[(int) size - value.length];
        EntryBatch.putHead(key, value, head, 0);
        // Nothing is undecided, and nothing is left in the buffer: it has been cut.
        base += size;
        lastKey = key;
        lastKeyAt = -1;
        lastKeyLength = key.length;
        window.add(end, KeyHash.ofEntry(key, 0, key.length));
        to.visit(new Chunk(head, 0, head.length, value, key, 1, digester));
    }

    /** The key of the last entry stays in the buffer: that entry is undecided. */
    private void makeRoom(int size) {
        if (size <= buffer.length - filled) {
            return;
        }
        int kept = filled - chunkStart;
        int needed = kept + size;
        byte[] roomy = needed > buffer.length - buffer.length / 4 ? new byte[2 * needed] : buffer;
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
