package io.kvbackup.examples;

import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;

// region storage-contract
class PrefixedStorageTest implements StorageClientContract {
    private final StorageClient client = new PrefixedStorage(new MemoryStorageClient(), "tenants/42/");

    @Override
    public StorageClient client() {
        return client;
    }

    @Override
    public boolean supportsKey(String key) {
        return key.length() < 800; // the prefix takes a share of the 900 bytes that a key may have
    }
}
// endregion
