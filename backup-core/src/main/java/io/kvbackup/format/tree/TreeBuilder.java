package io.kvbackup.format.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the tree of one set from its chunks: nodes level by level, up to one root. What it makes follows from the
 * chunks alone.
 *
 * <p>A level of up to 32 references is one node. A longer one is cut after each reference with {@code murmur(last key,
 * seed level) & 31 == 0}, and after {@value Node#MAX_REFS}. Takes memory for one open node of each level. Not
 * thread-safe.
 */
public final class TreeBuilder {
    private static final int ONE_NODE = 32;

    private final NodeSink sink;
    /** The first makes nodes of chunks. */
    private final List<Level> levels = new ArrayList<>();

    public TreeBuilder(NodeSink sink) {
        this.sink = sink;
    }

    /** References that are not yet in a node. */
    private final class Level {
        private final int number;
        private List<Ref> open = new ArrayList<>();
        /** Whether it is known that one node is not enough. */
        private boolean cutting;

        private Level(int number) {
            this.number = number;
        }

        void add(Ref ref) throws IOException {
            if (cutting) {
                put(ref);
                return;
            }
            open.add(ref);
            if (open.size() > ONE_NODE) {
                cutting = true;
                List<Ref> first = open;
                open = new ArrayList<>();
                for (Ref each : first) {
                    put(each);
                }
            }
        }

        private void put(Ref ref) throws IOException {
            open.add(ref);
            if (open.size() == Node.MAX_REFS || KeyHash.endsNode(number, ref.lastKey())) {
                close();
            }
        }

        private void close() throws IOException {
            List<Ref> refs = open;
            open = new ArrayList<>();
            level(number).add(sink.node(number, refs));
        }

        /** The root, if all levels below are done and this one is its place. */
        Optional<Ref> finish() throws IOException {
            if (!cutting && open.size() <= 1) {
                return open.stream().findFirst();
            }
            if (!open.isEmpty()) {
                close();
            }
            return level(number).finish();
        }
    }

    private Level level(int index) throws IOException {
        if (index == levels.size()) {
            if (index == Ref.MAX_LEVEL) {
                throw new IOException("a tree of more than " + Ref.MAX_LEVEL + " levels would be needed: its keys were"
                        + " made for it; back the database up with kind FULL");
            }
            levels.add(new Level(index + 1));
        }
        return levels.get(index);
    }

    /**
     * Takes the reference to the next chunk.
     *
     * @param chunk with a greater last key than the one before
     */
    public void add(Ref chunk) throws IOException {
        if (!chunk.isChunk()) {
            throw new IllegalArgumentException("a tree is made of chunks, not of a " + chunk);
        }
        level(0).add(chunk);
    }

    /** Completes the tree. Gives its root, or nothing if there were no chunks. */
    public Optional<Ref> finish() throws IOException {
        return level(0).finish();
    }

    /** A reference to a node that is written nowhere: digests and counts are there, the place is not. */
    public static Ref refTo(int level, List<Ref> refs) {
        return new NewNode(level, refs).at(Place.NOWHERE);
    }

    /** A reference to a chunk that is written nowhere. */
    public static Ref refTo(Chunk chunk) {
        return chunk.at(Place.NOWHERE);
    }
}
