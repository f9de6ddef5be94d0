package io.kvbackup.restore;

import java.io.IOException;
import java.util.List;

/** Told of the commits of one restore, which cannot be undone. */
public interface RestoreCommits {
    /** Whether sets that the backup does not hold go with the commits. */
    default boolean dropsOtherSets() {
        return false;
    }

    /**
     * All is staged and verified, and nothing is changed yet.
     *
     * @param databases in the order of their commits
     * @throws IOException if nothing is to be changed; says why
     */
    void begin(List<String> databases) throws IOException;

    /** A database has its new content, the next one's commit follows. */
    default void committed(String database) throws IOException {}
}
