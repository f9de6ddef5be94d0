package io.kvbackup.storage.retry;

import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.fake.OpenStreams;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class RetryingStorageClientContractTest implements StorageClientContract {
    private final OpenStreams open = new OpenStreams(new MemoryStorageClient());
    private final StorageClient client = new RetryingStorageClient(open, RetryPolicy.defaults());

    @Override
    public StorageClient client() {
        return client;
    }

    @Override
    public void assertNothingLeftOpen() {
        open.assertNone();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }
}
