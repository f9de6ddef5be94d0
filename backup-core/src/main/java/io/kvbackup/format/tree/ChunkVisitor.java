package io.kvbackup.format.tree;

import java.io.IOException;

/** Takes the chunks of one set, in key order. */
@FunctionalInterface
public interface ChunkVisitor {
    /**
     * Takes one chunk, whose bytes are valid only during this call.
     *
     * @throws IOException to end the scan
     */
    void visit(Chunk chunk) throws IOException;
}
