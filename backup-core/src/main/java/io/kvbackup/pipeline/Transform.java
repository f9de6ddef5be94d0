package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A reversible change of a byte stream. Stateless: what it needs to know of the object is in the context. */
interface Transform {
    /** {@code close()} completes the encoded form, frees native memory and closes {@code out}. */
    OutputStream encoder(OutputStream out, TransformContext context) throws IOException;

    /**
     * Reads to the end of {@code in} and throws anything at all if that is not exactly what an encoder has written.
     * {@code close()} frees native memory and closes {@code in}.
     */
    InputStream decoder(InputStream in, TransformContext context) throws IOException;
}
