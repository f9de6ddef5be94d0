package io.kvbackup.database;

import java.io.Closeable;
import java.io.IOException;

/** Reads the commits of a {@link ChangeLog} in order. Used by one thread; closed before its database is. */
public interface ChangeReader extends Closeable {
    /**
     * Pushes whole commits until there is none more or they hold more than {@code maxBytes} of keys and values. Asked
     * again later, it goes on with what has been committed since.
     *
     * @param maxBytes at least one commit is pushed, however large it is
     * @return whether there may be more now; {@code false} if all that is committed has been pushed
     * @throws ChangeGapException if commits are missing; nothing that came after the gap was pushed
     */
    boolean read(ChangeVisitor to, long maxBytes) throws IOException;

    /** Gives back what the engine holds for it. Does nothing the second time. */
    @Override
    void close() throws IOException;
}
