package io.kvbackup.format.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that wait for the end of their pack. Those whose places are all settled are kept as bytes, which are a third as
 * much.
 */
final class HeldNodes {
    /** What a reference takes in memory, about. */
    private static final int REF_BYTES = 160;

    /** One of them. */
    static final class Held {
        private final Place place;
        private @Nullable NewNode node;
        private byte[] bytes = {};

        private Held(NewNode node, Place place) {
            this.node = node;
            this.place = place;
        }

        /** To be settled when it is written. */
        Place place() {
            return place;
        }

        /** The places of what it refers to must be settled. */
        byte[] encoded() {
            NewNode open = node;
            return open == null ? bytes : open.encode();
        }
    }

    /** By level, from 1 on. */
    private final List<List<Held>> levels = new ArrayList<>();
    /** Of level 1, with chunks in frames that are not written. */
    private final List<Held> unsettled = new ArrayList<>();

    private long bytes;

    void add(NewNode node, Place place) {
        Held held = new Held(node, place);
        while (levels.size() < node.level()) {
            levels.add(new ArrayList<>());
        }
        levels.get(node.level() - 1).add(held);
        bytes += (long) REF_BYTES * node.refs().size();
        if (isSettled(node)) {
            encode(held, node);
        } else if (node.level() == 1) {
            unsettled.add(held);
        }
    }

    private void encode(Held held, NewNode node) {
        held.bytes = node.encode();
        held.node = null;
        bytes += held.bytes.length - (long) REF_BYTES * node.refs().size();
    }

    /** To be called now and then after frames of chunks were written. */
    void encodeSettled() {
        unsettled.removeIf(held -> {
            NewNode node = held.node;
            boolean settled = node == null || isSettled(node);
            if (node != null && settled) {
                encode(held, node);
            }
            return settled;
        });
    }

    private static boolean isSettled(NewNode node) {
        return node.refs().stream().allMatch(ref -> ref.place().isSettled());
    }

    /** All levels, lowest first. They are held no longer. */
    List<List<Held>> removeAll() {
        List<List<Held>> removed = List.copyOf(levels);
        levels.clear();
        unsettled.clear();
        bytes = 0;
        return removed;
    }

    boolean isEmpty() {
        return levels.isEmpty();
    }

    /** What they take in memory, about. */
    long bytes() {
        return bytes;
    }
}
