package io.kvbackup.pipeline;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Every operation asks it first whether the client is still open and the thread is not interrupted. */
public final class ClientGate {
    private final String place;
    private final AtomicBoolean closed = new AtomicBoolean();

    public ClientGate(String place) {
        this.place = place;
    }

    public void enter(String operation) throws IOException {
        if (closed.get()) {
            throw new IOException("cannot " + operation + " in " + place + ": the client is closed; open a new one");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(operation + " in " + place + " was interrupted");
        }
    }

    /** Returns whether this call closed it. */
    public boolean close() {
        return !closed.getAndSet(true);
    }

    public String place() {
        return place;
    }
}
