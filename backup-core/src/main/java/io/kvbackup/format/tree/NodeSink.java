package io.kvbackup.format.tree;

import java.io.IOException;
import java.util.List;

/** Takes the nodes that a {@link TreeBuilder} completes. */
@FunctionalInterface
public interface NodeSink {
    /**
     * Takes a node, all whose references were given or returned before, and gives a reference to it: to one that lies
     * somewhere already ({@link Node#holding}), to one that a {@link PackWriter} holds, or one
     * {@linkplain TreeBuilder#refTo that is kept nowhere}.
     *
     * @param level 1 or more
     * @param refs of the level below, ascending by last key; 1 to {@value Node#MAX_REFS}
     */
    Ref node(int level, List<Ref> refs) throws IOException;
}
