package io.kvbackup.storage.retry;

import io.kvbackup.storage.StorageClient;
import java.util.Random;
import java.util.function.Function;

/** Retries whose pauses take no time, for tests. */
public final class HastyRetries {
    private HastyRetries() {}

    /**
     * Decorates a store that fails.
     *
     * @param store made with what it has to call before it hangs, so that the wait for it ends at once, as if its
     *     deadline had passed
     */
    public static StorageClient around(Function<Runnable, StorageClient> store, RetryPolicy policy, long seed) {
        VirtualTime time = new VirtualTime();
        return new RetryingStorageClient(store.apply(time::hang), policy, time, new Random(seed));
    }
}
