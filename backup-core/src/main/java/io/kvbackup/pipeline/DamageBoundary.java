package io.kvbackup.pipeline;

import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures of the surroundings (a broken connection, a full disk) from damage of the bytes that are being read.
 *
 * <p>Decoders and parsers throw whatever they like on damaged input. The one who calls them lets them read through
 * {@link #watch}, marks failures of its own partners with {@link #outside}, and passes what it catches to
 * {@link #translate}. Serves one reading; not thread-safe, but the watched stream may be read by another thread that
 * has a happens-before relation with the one that translates.
 */
public final class DamageBoundary {
    private @Nullable Throwable outside;

    /** The same stream; remembers its failure. */
    public InputStream watch(InputStream source) {
        return new WatchedInputStream(Objects.requireNonNull(source, "source"), this);
    }

    /** Marks a failure that is not damage. Only the first one counts. */
    public void outside(Throwable failure) {
        if (outside == null) {
            outside = failure;
        }
    }

    /**
     * Turns what was caught into what is to be thrown: the failure of the surroundings if there was one, otherwise
     * {@link CorruptBackupException}. Errors, and unchecked failures of the surroundings, are thrown from here.
     *
     * @param place what was being read, for the message
     */
    public IOException translate(String place, Throwable caught) {
        Throwable cause = outside == null ? caught : outside;
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof IOException failure && (outside != null || failure instanceof CorruptBackupException)) {
            return failure;
        }
        if (outside instanceof RuntimeException failure) {
            throw failure;
        }
        String message = caught.getMessage() == null ? caught.getClass().getSimpleName() : caught.getMessage();
        return new CorruptBackupException(place + ": the data is damaged or cut short: " + message, caught);
    }
}
