package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the interrupt of a thread, after which nothing must be tried again, from a failure of a store.
 *
 * <p>Not every {@link InterruptedIOException} is one: its subclasses are the time-outs of sockets
 * ({@link java.net.SocketTimeoutException}) and of connection pools in HTTP clients, which are failures like others.
 */
public final class Interruption {
    private Interruption() {}

    /** Whether this failure says that the thread was interrupted; its causes are not looked at. */
    public static boolean is(@Nullable Throwable failure) {
        return failure instanceof InterruptedException
                || (failure != null && failure.getClass() == InterruptedIOException.class);
    }

    /**
     * For code that goes on after a failure: throws the failure if it is an interrupt, and returns otherwise.
     *
     * @throws InterruptedIOException {@code failure} itself
     */
    public static void rethrow(IOException failure) throws InterruptedIOException {
        if (is(failure)) {
            throw (InterruptedIOException) failure;
        }
    }
}
