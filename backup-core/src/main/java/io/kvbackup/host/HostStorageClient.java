package io.kvbackup.host;

import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;

/** A client that the host opened: it outlives the manager. */
final class HostStorageClient extends ForwardingStorageClient {
    HostStorageClient(StorageClient client) {
        super(client);
    }

    @Override
    public void close() {}
}
