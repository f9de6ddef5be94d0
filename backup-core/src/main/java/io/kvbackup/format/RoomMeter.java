package io.kvbackup.format;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Watches how much of an archive has to be held while it is read, the same for all formats. Used by one thread. */
final class RoomMeter {
    /** What a set or database takes besides its name: an entry in each of several maps. */
    private static final long NAME_OVERHEAD = 400;
    /** A tree takes up to twenty times the bytes that it was made of. */
    private static final int TREES_PER_PIECE = 8;

    private final Room room;
    private final String place;
    private long piece;
    private long names;
    private boolean skipping;

    /** @param place what is read, for messages */
    RoomMeter(Room room, String place) {
        this.room = room;
        this.place = place;
    }

    /** The same stream; fails when it is read on although nothing has been taken for too long. */
    InputStream watch(InputStream source) {
        return room.piece() == Long.MAX_VALUE ? source : new Watched(source);
    }

    /** What was read so far has been handed on, and is not held any more. */
    void pieceTaken() {
        piece = 0;
    }

    /** Whether what is read is passed over, and not held at all. */
    void skipping(boolean on) {
        skipping = on;
        piece = 0;
    }

    /** A name stays until the archive ends. */
    void nameHeld(String name) throws TooLargeException {
        pieceTaken();
        names += NAME_OVERHEAD + 3L * name.length();
        if (names > room.names()) {
            throw tooLarge("the names of its databases and sets take more than " + room.names() + " bytes", null);
        }
    }

    /** A document is about to become a tree. */
    void requireTree(long bytes) throws TooLargeException {
        if (bytes > room.piece() / TREES_PER_PIECE) {
            throw tooLarge("a description within it has " + bytes + " bytes, or more", null);
        }
    }

    /** Makes a tree of a document whose length shows only while it is read. */
    <T> T tree(Documents.Reading<T> reading) throws IOException {
        piece = room.piece() - room.piece() / TREES_PER_PIECE;
        T tree = reading.read();
        piece = 0;
        return tree;
    }

    private void add(long bytes) throws TooLargeException {
        piece += bytes;
        if (piece > room.piece() && !skipping) {
            throw tooLarge("one entry or description in it has more than " + room.piece() + " bytes", null);
        }
    }

    TooLargeException tooLarge(String what, @Nullable Throwable cause) {
        return new TooLargeException(
                place + ": " + what
                        + ", which may not fit into the heap of this JVM; it is damaged or made to do harm, or"
                        + " needs a larger -Xmx",
                cause);
    }

    private final class Watched extends InputStream {
        private final InputStream source;

        Watched(InputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            int next = source.read();
            add(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int count = source.read(to, offset, length);
            add(Math.max(count, 0));
            return count;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }
}
