package io.kvbackup.format.tree;

import java.io.IOException;
import java.io.OutputStream;

/**
 * A run of entries that was cut off by a {@link Chunker}. Its bytes are valid only during the call that hands it over;
 * the rest may be kept.
 *
 * <p>An entry is varint key length · key · varint value length · value; a chunk has at least one, ascending by key.
 */
public final class Chunk {
    /** An empty key and an empty value. */
    static final int LEAST_ENTRY_BYTES = 2;

    private final byte[] head;
    private final int headOffset;
    private final int headLength;
    private final byte[] tail;
    private final byte[] lastKey;
    private final long entries;
    private final Digest digest;

    /** @param tail the value of a large entry, which is not copied behind its key; otherwise empty */
    Chunk(byte[] head, int headOffset, int headLength, byte[] tail, byte[] lastKey, long entries, Digester digester) {
        this.head = head;
        this.headOffset = headOffset;
        this.headLength = headLength;
        this.tail = tail;
        this.lastKey = lastKey;
        this.entries = entries;
        this.digest = digester.digest(0, head, headOffset, headLength, tail, 0, tail.length);
    }

    public byte[] lastKey() {
        return lastKey;
    }

    public long entries() {
        return entries;
    }

    /** SHA-256 of a zero byte and the chunk's bytes. */
    public Digest digest() {
        return digest;
    }

    public int length() {
        return headLength + tail.length;
    }

    /** Whether the reference means this chunk: I3 of the design, same last key and same digest. */
    public boolean isMeantBy(Ref ref) {
        return ref.isChunk() && digest.equals(ref.digest()) && java.util.Arrays.equals(lastKey, ref.lastKey());
    }

    /** Copies its bytes. */
    public void copyTo(byte[] to, int at) {
        System.arraycopy(head, headOffset, to, at, headLength);
        System.arraycopy(tail, 0, to, at + headLength, tail.length);
    }

    /** Writes its bytes without copying them. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(head, headOffset, headLength);
        out.write(tail);
    }

    /** The bytes before {@link #tail}, alone in their array if there is a tail. */
    byte[] head() {
        return head;
    }

    /** The value of a large entry, which ends its chunk; otherwise empty. */
    byte[] tail() {
        return tail;
    }

    Ref at(Place place) {
        return new Ref(0, lastKey, digest, entries, length(), place);
    }
}
