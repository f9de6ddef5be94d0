package io.kvbackup.storage.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.fake.CountingStorageClient.Crash;
import io.kvbackup.storage.fake.CountingStorageClient.Moment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CountingStorageClientTest {
    @Test
    void everyDeathLeavesWhatWasDoneBeforeIt() throws IOException {
        List<String> states = new ArrayList<>();
        for (int request = 1; request <= 3; request++) {
            for (Moment moment : Moment.values()) {
                StorageClient store = new MemoryStorageClient();
                CountingStorageClient counting = new CountingStorageClient(store).crashAt(request, moment);
                assertThatThrownBy(() -> work(counting)).isInstanceOf(Crash.class);
                assertThatThrownBy(() -> counting.stat("a"))
                        .as("the dead stay dead")
                        .isInstanceOf(Crash.class);
                try (var objects = store.list("")) {
                    states.add(
                            String.join("", objects.map(object -> object.key()).toList()));
                }
            }
        }
        assertThat(states).containsExactly("", "", "a", "a", "a", "ab", "ab", "b", "");
    }

    @Test
    void countsRequestsAndPages() throws IOException {
        CountingStorageClient counting = new CountingStorageClient(new MemoryStorageClient());
        work(counting);
        assertThat(counting.total()).isEqualTo(3);
        assertThat(counting.count(StorageOperation.UPLOAD)).isEqualTo(2);
        for (int i = 0; i < 1_500; i++) {
            counting.upload("k" + i, ContentWriter.of(new byte[0]), PutCondition.none());
        }
        counting.reset();
        try (var objects = counting.list("")) {
            assertThat(objects).hasSize(1_500);
        }
        assertThat(counting.count(StorageOperation.LIST)).isEqualTo(2);
    }

    private static void work(StorageClient client) throws IOException {
        client.upload("a", ContentWriter.of(new byte[1]), PutCondition.none());
        client.upload("b", ContentWriter.of(new byte[1]), PutCondition.none());
        client.delete(List.of("a", "b"));
    }
}
