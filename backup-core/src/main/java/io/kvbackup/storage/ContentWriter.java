package io.kvbackup.storage;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Produces the content of an object. A normal return says that the content is complete; an exception says that nothing
 * may be published. There is no other way to commit: closing the stream does nothing.
 */
@FunctionalInterface
public interface ContentWriter {
    void writeTo(OutputStream out) throws IOException;

    /** Whether a second call of {@link #writeTo}, after a failed upload, produces the same bytes. */
    default boolean isRepeatable() {
        return false;
    }

    /** Writes the given bytes, as often as asked. */
    static ContentWriter of(byte[] bytes) {
        return repeatable(out -> out.write(bytes));
    }

    /** The same content, declared to be repeatable. */
    static ContentWriter repeatable(ContentWriter content) {
        return new ContentWriter() {
            @Override
            public void writeTo(OutputStream out) throws IOException {
                content.writeTo(out);
            }

            @Override
            public boolean isRepeatable() {
                return true;
            }
        };
    }
}
