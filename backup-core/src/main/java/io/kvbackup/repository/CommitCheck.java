package io.kvbackup.repository;

import java.io.IOException;

/** Asked at the last moment whether something may be done that cannot be undone. */
public interface CommitCheck {
    /** @throws IOException if it must not be done; says why */
    void run() throws IOException;
}
