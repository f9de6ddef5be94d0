package io.kvbackup.storage.fake;

import io.kvbackup.storage.StorageClient;
import java.io.IOException;

/** Interrupts a thread at one of the requests, as a cancellation would. Safe for use by several threads. */
public final class InterruptingStorageClient extends InterceptingStorageClient {
    private final int at;
    private final boolean after;
    private final Thread caller;
    private int requests;

    /**
     * @param at number of the request; the first is 1
     * @param after when it has been carried out, instead of before
     */
    public InterruptingStorageClient(StorageClient delegate, int at, boolean after, Thread caller) {
        super(delegate);
        this.at = at;
        this.after = after;
        this.caller = caller;
    }

    @Override
    <T> T intercept(StorageOperation operation, Request<T> request) throws IOException {
        boolean now = isTurn();
        if (now && !after) {
            caller.interrupt();
        }
        T result = request.send();
        if (now && after) {
            caller.interrupt();
        }
        return result;
    }

    private synchronized boolean isTurn() {
        return ++requests == at;
    }
}
