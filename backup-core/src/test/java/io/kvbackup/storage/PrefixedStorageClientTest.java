package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.storage.contract.StorageClientContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixedStorageClientTest implements StorageClientContract {
    private static final String PREFIX = "tenants/42/";

    private final StorageClient whole = new MemoryStorageClient();
    private final PrefixedStorageClient client = new PrefixedStorageClient(whole, PREFIX);

    @Override
    public StorageClient client() {
        return client;
    }

    /** The prefix takes a share of the bytes that a key may have. */
    @Override
    public boolean supportsKey(String key) {
        return key.getBytes(StandardCharsets.UTF_8).length <= StorageKey.MAX_BYTES - PREFIX.length();
    }

    @Test
    void othersObjectsAreOutOfSight() throws IOException {
        whole.upload("tenants/421", ContentWriter.of(new byte[1]), PutCondition.none());
        whole.upload("tenants/42/mine", ContentWriter.of(new byte[1]), PutCondition.none());

        try (Stream<StorageObject> mine = client.list("")) {
            assertThat(mine.map(StorageObject::key)).containsExactly("mine");
        }
    }

    @Test
    void aPartOfAPartKnowsTheWhole() {
        PrefixedStorageClient inner = new PrefixedStorageClient(client, "a/");

        assertThat(inner.whole()).isSameAs(whole);
        assertThat(inner.keyInWhole("k")).isEqualTo("tenants/42/a/k");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "a", "a//", "../", "/a/"})
    void prefixesThatNoKeyCanStartWithAreRefused(String prefix) {
        assertThatThrownBy(() -> new PrefixedStorageClient(whole, prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + prefix);
    }
}
