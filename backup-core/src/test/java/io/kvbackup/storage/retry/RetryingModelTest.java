package io.kvbackup.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.contract.StorageFixture;
import io.kvbackup.storage.fake.FaultyStorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that loses a third of all requests or replies, compared with a map. */
class RetryingModelTest {
    private final Map<String, byte[]> model = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void unreliableStoreLooksReliable(long seed) throws IOException {
        Random random = new Random(seed);
        FaultyStorageClient faulty = new FaultyStorageClient(new MemoryStorageClient()).failRandomly(seed, 0.33);
        RetryPolicy policy = RetryPolicy.defaults().withAttempts(60);
        try (StorageClient client = new RetryingStorageClient(faulty, policy, new VirtualTime(), random)) {
            for (int step = 0; step < 300; step++) {
                change(client, random, "seed " + seed + ", step " + step);
                compare(client, "k" + random.nextInt(10), "seed " + seed + ", step " + step);
            }
            try (Stream<StorageObject> objects = client.list("")) {
                assertThat(objects.map(StorageObject::key))
                        .as("seed %d", seed)
                        .containsExactlyElementsOf(model.keySet());
            }
        }
    }

    private void change(StorageClient client, Random random, String as) throws IOException {
        String key = "k" + random.nextInt(10);
        if (random.nextInt(4) == 0) {
            client.delete(List.of(key));
            model.remove(key);
            return;
        }
        byte[] content = StorageFixture.content(random.nextLong(), random.nextInt(200_000));
        PutCondition condition = client.stat(key)
                .map(object -> PutCondition.ifMatch(object.etag()))
                .orElse(PutCondition.ifAbsent());
        StorageObject written = client.upload(key, ContentWriter.of(content), condition);
        assertThat(written.size()).as(as).isEqualTo(content.length);
        model.put(key, content);
    }

    private void compare(StorageClient client, String key, String as) throws IOException {
        byte[] expected = model.get(key);
        assertThat(client.stat(key).isPresent()).as(as).isEqualTo(expected != null);
        if (expected != null) {
            try (InputStream in = client.download(key, ByteRange.all())) {
                assertThat(in.readAllBytes()).as(as).isEqualTo(expected);
            }
        }
    }
}
