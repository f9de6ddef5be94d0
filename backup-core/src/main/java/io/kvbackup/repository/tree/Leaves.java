package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The references to the chunks of a tree, or of several parts of one, in key order. Takes memory for one open node of
 * each level. Not thread-safe.
 */
final class Leaves {
    private final NodeReader nodes;
    private final Consumer<Ref> each;
    private final Damage damage;
    private final Deque<Iterator<Ref>> open = new ArrayDeque<>();

    /** Decides about a node that cannot be read. */
    @FunctionalInterface
    interface Damage {
        /** @throws IOException to end; otherwise what is below is left out */
        void at(Ref node, IOException failure) throws IOException;
    }

    /**
     * @param tops roots, ascending by last key
     * @param each is told of all references, to nodes too
     */
    Leaves(List<Ref> tops, NodeReader nodes, Consumer<Ref> each, Damage damage) {
        this.nodes = nodes;
        this.each = each;
        this.damage = damage;
        open.push(tops.iterator());
    }

    /** The next, or null if there are no more. */
    @Nullable
    Ref next() throws IOException {
        while (!open.isEmpty()) {
            if (!open.element().hasNext()) {
                open.pop();
                continue;
            }
            Ref ref = open.element().next();
            each.accept(ref);
            if (ref.isChunk()) {
                return ref;
            }
            try {
                open.push(nodes.read(ref).refs().iterator());
            } catch (CorruptBackupException e) {
                damage.at(ref, e);
            }
        }
        return null;
    }
}
