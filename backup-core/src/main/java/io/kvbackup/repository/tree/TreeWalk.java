package io.kvbackup.repository.tree;

import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.Ref;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Goes from the roots of several sets down to their chunks, one reader for the nodes of each level. Used by one thread.
 */
final class TreeWalk implements Closeable {
    private static final long LEVEL_1_BUDGET = 2 << 20;
    private static final long LEVEL_BUDGET = 512 * 1024;

    private final List<Optional<Ref>> roots;
    private final KeyRange keys;
    private final List<LevelReader<Node>> readers = new ArrayList<>();
    private final Level leaves;

    /**
     * @param roots by number of the set; empty for a set that has no entries, or is not read
     * @param keys nodes and chunks that hold none of them are passed over
     */
    TreeWalk(List<Optional<Ref>> roots, KeyRange keys, Packs packs, Rescue rescue, Executor executor) {
        this.roots = List.copyOf(roots);
        this.keys = keys;
        Level level = new Level(highest(roots), null);
        while (level.number > 0) {
            long budget = level.number == 1 ? LEVEL_1_BUDGET : LEVEL_BUDGET;
            LevelReader<Node> reader = new LevelReader<>(level, Node::decode, packs, rescue, executor, budget);
            readers.add(reader);
            level = new Level(level.number - 1, reader);
        }
        leaves = level;
    }

    private static int highest(List<Optional<Ref>> roots) {
        return roots.stream()
                .flatMap(Optional::stream)
                .mapToInt(Ref::level)
                .max()
                .orElse(0);
    }

    /** All chunks that may hold keys of the range. */
    LevelReader.Source leaves() {
        return leaves;
    }

    /** The items of one level: what the nodes above refer to, and roots. */
    private final class Level implements LevelReader.Source {
        private final int number;
        private final @Nullable LevelReader<Node> above;
        private final Queue<Item> below = new ArrayDeque<>();
        private int set;

        Level(int number, @Nullable LevelReader<Node> above) {
            this.number = number;
            this.above = above;
        }

        @Override
        public @Nullable Item next() throws IOException {
            while (set < roots.size()) {
                int root = roots.get(set).map(Ref::level).orElse(-1);
                if (root > number && nextBelow() == set) {
                    return below.remove();
                }
                int current = set++;
                if (root == number) {
                    Item item = new Item(current, roots.get(current).orElseThrow(), null);
                    if (item.mayHold(keys)) {
                        return item;
                    }
                }
            }
            return null;
        }

        /** The set of what comes next below a node. */
        private int nextBelow() throws IOException {
            while (below.isEmpty() && above != null) {
                List<LevelReader.Opened<Node>> nodes = above.next();
                if (nodes.isEmpty()) {
                    return -1;
                }
                for (LevelReader.Opened<Node> node : nodes) {
                    node.item().addBelow(node.content(), keys, below);
                }
            }
            return below.isEmpty() ? -1 : below.element().set();
        }
    }

    @Override
    public void close() {
        readers.forEach(LevelReader::close);
    }
}
