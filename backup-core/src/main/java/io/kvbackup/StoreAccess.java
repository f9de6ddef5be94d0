package io.kvbackup;

import io.kvbackup.storage.RateLimit;
import io.kvbackup.storage.RetryPolicy;
import io.kvbackup.storage.RetryingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.ThrottledStorageClient;

/**
 * How a manager reaches any store: its own, and those of the host that it copies to.
 *
 * @param bare the manager's own store, as it was opened, with nothing around it
 * @param ofHost whether the host opened it, and closes it
 * @param retries how failing requests are repeated
 * @param uploads bandwidth of uploads to all stores together
 * @param downloads bandwidth of downloads
 */
record StoreAccess(StorageClient bare, boolean ofHost, RetryPolicy retries, RateLimit uploads, RateLimit downloads) {
    /** The manager's own store; closing it closes the store, unless that is the host's. */
    StorageClient own() {
        return ofHost ? to(bare) : around(bare);
    }

    /** A store of the host's, which stays open when the result is closed. */
    StorageClient to(StorageClient store) {
        return around(new HostStorageClient(store));
    }

    /** Limits are waited for outside of the retries, so that waiting meets no deadline of a request. */
    private StorageClient around(StorageClient store) {
        return new ThrottledStorageClient(new RetryingStorageClient(store, retries), uploads, downloads);
    }
}
