package io.kvbackup.storage;

import io.kvbackup.storage.contract.StorageClientContract;

class ForwardingStorageClientTest implements StorageClientContract {
    private final StorageClient client = new ForwardingStorageClient(new MemoryStorageClient()) {};

    @Override
    public StorageClient client() {
        return client;
    }
}
