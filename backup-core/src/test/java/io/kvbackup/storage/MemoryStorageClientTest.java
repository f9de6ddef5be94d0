package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@StoreUnderTest(scheme = "mem:", server = "memory of the process")
class MemoryStorageClientTest implements StorageClientContract {
    private final StorageClient client = new MemoryStorageClient();

    @Override
    public StorageClient client() {
        return client;
    }

    @Test
    void clientsOfOneNameShareTheirStore() throws IOException {
        try (StorageClient first = MemoryStorageClient.named("shared-by-two")) {
            first.upload("a", ContentWriter.of(new byte[3]), PutCondition.none());
        }
        try (StorageClient second = MemoryStorageClient.named("shared-by-two");
                StorageClient other = MemoryStorageClient.named("another")) {
            assertThat(second.stat("a")).isPresent();
            assertThat(other.stat("a")).isEmpty();
        }
    }
}
