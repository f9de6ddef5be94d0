package io.kvbackup.repository.log;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Goes through the last changes of keys of one set, ascending by key. Used by one thread. */
interface ChangeCursor extends Closeable {
    /** Goes to the next change, first to the first one; false if there is none. */
    boolean next() throws IOException;

    byte[] key();

    /** Null if the key is gone. */
    byte @Nullable [] value();
}
