package io.kvbackup.host;

import io.kvbackup.repository.ClaimedStorageClient;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.storage.ExclusiveWriterStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import io.kvbackup.storage.check.UnfitStorageException;
import io.kvbackup.storage.retry.RetryPolicy;
import io.kvbackup.storage.retry.RetryingStorageClient;
import io.kvbackup.storage.throttle.RateLimit;
import io.kvbackup.storage.throttle.ThrottledStorageClient;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;

/**
 * How a manager reaches any store: its own, and those of the host that it copies to.
 *
 * @param bare the manager's own store, as it was opened, with nothing around it
 * @param ofHost whether the host opened it, and closes it
 * @param retries how failing requests are repeated
 * @param uploads bandwidth of uploads to all stores together
 * @param downloads bandwidth of downloads
 * @param exclusiveWriter whether the host has declared that nobody else writes to its stores
 * @param check what the manager's own store must pass before it is used
 * @param creation what is done if the manager's own store is not there yet
 * @param clock says when a store was made
 */
public record StoreAccess(
        StorageClient bare,
        boolean ofHost,
        RetryPolicy retries,
        RateLimit uploads,
        RateLimit downloads,
        boolean exclusiveWriter,
        Optional<StorageCheck> check,
        StoreIdentity.Creation creation,
        Clock clock) {
    private static final String DECLARE = "if this process is the only one that ever writes there, declare it with"
            + " BackupManager.builder().exclusiveWriter(true)";

    /** The manager's own store, and which one it is. */
    public record Own(ThrottledStorageClient client, StoreIdentity identity) {}

    /**
     * The manager's own store, checked; closing it closes the store, unless that is the host's.
     *
     * @throws UnfitStorageException if it does not pass the check
     */
    public Own own() throws IOException {
        StorageClient own = ofHost ? new HostStorageClient(bare) : bare;
        refuseKnown(own);
        try {
            boolean found = check.isPresent() && require(check.get()) == StorageReport.Verdict.SINGLE_WRITER;
            // What was seen counts for more than what the client believes of its store.
            return around(found ? new ExclusiveWriterStorageClient(own) : own, creation);
        } catch (IOException | RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /** Before anything is written there; a store that is refused is closed, unless it is the host's. */
    public void requireApart(Overlaps overlaps) throws IOException {
        try {
            overlaps.requireApart(bare);
        } catch (IOException | RuntimeException e) {
            if (!ofHost) {
                bare.close();
            }
            throw e;
        }
    }

    /** The store itself is looked at, not what is emulated around it. */
    private StorageReport.Verdict require(StorageCheck wanted) throws IOException {
        StorageReport report;
        try (StorageClient retrying = new RetryingStorageClient(new HostStorageClient(bare), retries)) {
            report = wanted.run(retrying);
        }
        boolean fit = switch (report.verdict()) {
            case GOOD -> true;
            case SINGLE_WRITER -> exclusiveWriter;
            case UNFIT -> false;
        };
        if (!fit) {
            throw new UnfitStorageException(
                    "the store did not pass the check that the manager was told to make"
                            + (report.verdict() == StorageReport.Verdict.SINGLE_WRITER ? "; " + DECLARE : ""),
                    report);
        }
        return report.verdict();
    }

    /**
     * The manager's own store without retries, for requests that must not outlive a lease; closing it closes the store.
     * What an exclusive writer deletes waits for uploads of the same key, or one that is under way would bring it back.
     */
    public StorageClient withoutRetries() {
        return exclusiveWriter ? new ExclusiveWriterStorageClient(bare) : bare;
    }

    /** A store of the host's, which stays open when the result is closed. */
    public StorageClient to(StorageClient store) {
        return around(new HostStorageClient(store), StoreIdentity.Creation.BY_WRITERS)
                .client();
    }

    /** The same for copies between parts of a store, which is none by itself. */
    public StorageClient toWhole(StorageClient store) {
        return new ThrottledStorageClient(conditional(new HostStorageClient(store)), uploads, downloads);
    }

    /**
     * The same for one job that reaches several stores at once, and must not have several shares of the limits for it.
     */
    public StoreAccess forOneJob() {
        return new StoreAccess(
                bare, ofHost, retries, uploads.asOne(), downloads.asOne(), exclusiveWriter, check, creation, clock);
    }

    /** What {@link #own()} gave, under these limits; stays open. */
    public StorageClient limited(ThrottledStorageClient own) {
        return new HostStorageClient(own.under(uploads, downloads));
    }

    /** Limits are waited for outside of the retries, so that waiting meets no deadline of a request. */
    private Own around(StorageClient store, StoreIdentity.Creation created) {
        StorageClient safe = conditional(store);
        StoreIdentity identity = new StoreIdentity(safe, created, clock, new SecureRandom());
        return new Own(
                new ThrottledStorageClient(new ClaimedStorageClient(safe, identity), uploads, downloads), identity);
    }

    /**
     * What emulates conditions goes inside the retries, which know what a lost reply means; what tries them goes
     * outside.
     */
    private StorageClient conditional(StorageClient store) {
        if (exclusiveWriter) {
            boolean kept = store.traits().conditions() == StorageClient.Conditions.KEPT;
            return new RetryingStorageClient(kept ? store : new ExclusiveWriterStorageClient(store), retries);
        }
        refuseKnown(store);
        return StorageCheck.guard(new RetryingStorageClient(store, retries));
    }

    private void refuseKnown(StorageClient store) {
        if (!exclusiveWriter && store.traits().conditions() == StorageClient.Conditions.IGNORED) {
            throw new IllegalArgumentException(
                    store + " does not keep conditional writes, so two writers could overwrite each other's backups; "
                            + DECLARE + ", otherwise use another store");
        }
    }
}
