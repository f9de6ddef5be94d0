package io.kvbackup.repository;

import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;

/**
 * Deletes as long as a lease is held: each attempt asks for it before it is sent, and is given up before it can have
 * been lost. So nobody who takes the lease over, which he can do a time to live after its last renewal at the earliest,
 * meets an attempt that is still going on here.
 *
 * <p>What remains is a request that was sent in time, was given up, and is carried out by the store after all: later
 * than the {@link #ATTEMPT} it was given, plus what was left of the lease, plus its margin. Such a request takes the
 * manifest of a backup that was buried and that somebody has kept meanwhile, or the archive of a writer that lived
 * after all. Whoever keeps a backup that was buried looks again afterwards ({@link MarkStore}); after that, only a
 * request that was held up for longer still would do harm, and what it leaves is reported as damaged.
 *
 * <p>Closing does nothing: the store is somebody else's. Safe for use by several threads.
 */
public final class LeasedStorageClient extends ForwardingStorageClient {
    /** How long one attempt may take; a lease that has just been asked for is held for longer. */
    static final Duration ATTEMPT = Duration.ofSeconds(10);

    private final Lease lease;

    private LeasedStorageClient(StorageClient store, Lease lease) {
        super(store);
        this.lease = lease;
    }

    /**
     * A client that retries under the lease. Closing it does not close the store.
     *
     * @param store the store itself, without retries around it
     * @param retries how; its deadline for an attempt is cut to {@link #ATTEMPT}
     */
    public static StorageClient retrying(StorageClient store, RetryPolicy retries, Lease lease) {
        Duration attempt = retries.attemptDeadline().compareTo(ATTEMPT) < 0 ? retries.attemptDeadline() : ATTEMPT;
        return new RetryingStorageClient(
                new LeasedStorageClient(store, lease), retries.withDeadlines(attempt, retries.overallDeadline()));
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        lease.ensureHeldFor(ATTEMPT);
        super.delete(keys);
    }

    /** What the store repeats by itself ends with the attempt, so that the lease is asked for before the next. */
    @Override
    public StorageTraits traits() {
        return super.traits().withRetriesItself(false);
    }

    @Override
    public void close() {}
}
