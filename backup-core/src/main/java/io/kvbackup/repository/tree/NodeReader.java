package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.storage.ByteRange;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes of trees in about the order in which they lie in their packs, with one request for many of them: nodes
 * stand together at the end of a pack. Memory is bounded, however many packs there are. Not thread-safe.
 */
final class NodeReader {
    /** Of what was read ahead, for all packs together. */
    private static final long WINDOWS_BYTES = 12 << 20;

    private static final int LARGEST_WINDOW = 4 << 20;
    private static final int LEAST_WINDOW = 128 << 10;
    /** About so many bytes of chunks have one byte of nodes, with small chunks. */
    private static final int PLAIN_PER_NODE_BYTE = 50;

    private static final int LEAST_BELOW = 4096;
    /** Of frames, decoded. */
    private static final long FRAMES_BYTES = 8 << 20;

    private final Packs packs;
    private final int window;
    private final Recent<Window> windows = new Recent<>(WINDOWS_BYTES);
    private final Recent<Decoded> decoded = new Recent<>(FRAMES_BYTES);

    /**
     * Nodes of level 1 and those above are read by turns, from two places in a pack.
     *
     * @param level 1, or 2 for all above
     */
    private record Lane(PackId pack, int level) {}

    private interface Sized {
        byte[] bytes();
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Window(long from, byte[] bytes) implements Sized {
        boolean has(Place place) {
            return place.frameOffset() >= from && place.frameOffset() + place.frameLength() <= from + bytes.length;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Decoded(Place place, byte[] bytes) implements Sized {}

    /** What was used last, as much as has room. */
    private static final class Recent<T extends Sized> {
        private final long room;
        private final Map<Lane, T> all = new LinkedHashMap<>(16, 0.75f, true);
        private long bytes;

        Recent(long room) {
            this.room = room;
        }

        @Nullable
        T get(Lane lane) {
            return all.get(lane);
        }

        void put(Lane lane, T value) {
            remove(lane);
            all.put(lane, value);
            bytes += value.bytes().length;
            while (bytes > room && all.size() > 1) {
                remove(all.keySet().iterator().next());
            }
        }

        private void remove(Lane lane) {
            T removed = all.remove(lane);
            bytes -= removed == null ? 0 : removed.bytes().length;
        }
    }

    NodeReader(Packs packs) {
        this.packs = packs;
        this.window = (int) Math.max(LEAST_WINDOW, Math.min(LARGEST_WINDOW, WINDOWS_BYTES / (2L * packs.count() + 1)));
    }

    /** Reads a node and proves that it is the one that the reference means. */
    Node read(Ref node) throws IOException {
        Place place = node.place();
        Lane lane = new Lane(place.pack(), Math.min(2, node.level()));
        Decoded frame = decoded.get(lane);
        if (frame == null || !frame.place().isInFrameOf(place)) {
            Window ahead = window(lane, node);
            int from = (int) (place.frameOffset() - ahead.from());
            PackCipher cipher = packs.cipher(place.pack());
            frame = new Decoded(place, packs.with(reader -> reader.read(node, ahead.bytes(), from, cipher)));
            decoded.put(lane, frame);
        }
        return Node.decode(node, frame.bytes());
    }

    private Window window(Lane lane, Ref node) throws IOException {
        Place place = node.place();
        // A small pack is one window for both lanes.
        for (int level : new int[] {lane.level(), 3 - lane.level()}) {
            Window read = windows.get(new Lane(lane.pack(), level));
            if (read != null && read.has(place)) {
                return read;
            }
        }
        packs.requireInside(place);
        ByteRange range = range(node);
        Window read =
                new Window(range.offset(), packs.read(place.pack(), range.offset(), Math.toIntExact(range.length())));
        windows.put(lane, read);
        return read;
    }

    /** Nodes of level 1 follow each other; those above stand behind what is below them. */
    private ByteRange range(Ref node) throws IOException {
        Place place = node.place();
        long start = place.frameOffset();
        long end = start + place.frameLength();
        if (node.level() > 1) {
            long below = Math.min(window, node.bytes() / PLAIN_PER_NODE_BYTE + LEAST_BELOW);
            start = Math.max(0, Math.min(start, end - below));
        } else {
            end = Math.min(packs.bytes(place.pack()), Math.max(end, start + window));
        }
        return ByteRange.of(start, end - start);
    }
}
