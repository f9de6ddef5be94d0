package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.fake.CountingStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient;
import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import io.kvbackup.storage.fake.StorageOperation;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardedStorageClientTest {
    private static final ContentWriter CONTENT = ContentWriter.of(new byte[] {1});

    private final MemoryStorageClient memory = new MemoryStorageClient();

    @Test
    void aStoreWithoutConditionsIsRefusedWithAnExplanation() throws IOException {
        for (StorageClient careless : List.of(
                BrokenStores.ignoring(PutCondition.class, memory),
                BrokenStores.ignoring(PutCondition.IfMatch.class, memory),
                BrokenStores.refusingConditions(memory))) {
            StorageClient client = guarded(careless);
            assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not keep conditional writes")
                    .hasMessageContaining("exclusiveWriter(true)");
            assertKeys();
            client.upload("a", CONTENT, PutCondition.none());
            assertKeys("a");
            client.delete(List.of("a"));
        }
    }

    @Test
    void aStoreIsTriedOnceAndNothingIsLeft() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(memory);
        StorageClient client = guarded(counting);

        client.upload("a", CONTENT, PutCondition.none());
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
        client.upload("b", CONTENT, PutCondition.ifAbsent());
        assertThat(counting.count(StorageOperation.UPLOAD)).isBetween(6, 10);
        counting.reset();
        client.upload("c", CONTENT, PutCondition.ifAbsent());

        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
        assertKeys("a", "b", "c");
    }

    @Test
    void aStoreThatIsKnownToKeepThemIsNotTried() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(memory);

        new GuardedStorageClient(counting).upload("a", CONTENT, PutCondition.ifAbsent());

        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(1);
    }

    @Test
    void aFailureOfTheNetworkSaysNothingAboutConditions() throws IOException {
        FaultyStorageClient faulty = new FaultyStorageClient(memory).next(StorageOperation.UPLOAD, Fault.BEFORE);
        StorageClient client = guarded(faulty);

        assertThatThrownBy(() -> client.upload("a", CONTENT, PutCondition.ifAbsent()))
                .hasMessageContaining("on purpose");
        client.upload("a", CONTENT, PutCondition.ifAbsent());

        assertKeys("a");
    }

    private static StorageClient guarded(StorageClient store) {
        return new GuardedStorageClient(new ForwardingStorageClient(store) {
            @Override
            public Conditions conditions() {
                return Conditions.UNKNOWN;
            }
        });
    }

    private void assertKeys(String... keys) throws IOException {
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects.map(StorageObject::key)).containsExactly(keys);
        }
    }
}
