package io.kvbackup.storage;

import io.kvbackup.storage.contract.StorageClientContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class RetryingStorageClientContractTest implements StorageClientContract {
    private final StorageClient client = new RetryingStorageClient(new MemoryStorageClient(), RetryPolicy.defaults());

    @Override
    public StorageClient client() {
        return client;
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }
}
