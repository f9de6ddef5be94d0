package io.kvbackup.examples;

import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.contract.StorageClientContract;
import java.nio.charset.StandardCharsets;

// region storage-contract
class PrefixedStorageTest implements StorageClientContract {
    private final StorageClient client = new PrefixedStorage(new MemoryStorageClient(), "tenants/42/");

    @Override
    public StorageClient client() {
        return client;
    }

    @Override
    public boolean supportsKey(String key) {
        // The prefix takes a share of the bytes that a key may have.
        return key.getBytes(StandardCharsets.UTF_8).length <= StorageKey.MAX_BYTES - "tenants/42/".length();
    }
}
// endregion
