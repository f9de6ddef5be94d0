package io.kvbackup.format;

/**
 * How much of an archive may have to be held at once while it is read; a mebibyte of {@code .gz} can decode to a
 * gibibyte of one value. Entries pass and are not held.
 *
 * @param piece bytes of one key and value, or of one document that describes something
 * @param names bytes of the names of all databases and sets
 */
public record Room(long piece, long names) {
    /** For an archive whose manifest tells how long it is: only the heap itself ends it. */
    public static final Room UNLIMITED = new Room(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Buffers ahead of a piece are counted with it. */
    private static final long LEAST_PIECE = 4 << 20;

    /** A parser takes up to five times a piece: its window while it grows, the escaped and the plain form. */
    private static final int PIECES_PER_HEAP = 10;

    private static final int NAMES_PER_HEAP = 4;

    public Room {
        if (piece < 1 || names < 1) {
            throw new IllegalArgumentException("no room: " + piece + " and " + names + " bytes");
        }
    }

    /** For an archive that nothing vouches for. */
    public static Room ofHeap(long heapBytes) {
        return new Room(
                Math.max(LEAST_PIECE, heapBytes / PIECES_PER_HEAP), Math.max(LEAST_PIECE, heapBytes / NAMES_PER_HEAP));
    }
}
