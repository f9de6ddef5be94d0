package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Copies inside the store, and deletions. */
public interface CopyAndDeleteContract extends StorageFixture {
    @Test
    default void copyKeepsContentAndSource() throws IOException {
        for (int size : List.of(0, 11, 2 * partSize() + 1)) {
            byte[] content = content(9, size);
            put("from/a", content);
            client().copy("from/a", "to/b/c");

            assertThat(read("to/b/c")).as("copy of %d bytes", size).isEqualTo(content);
            assertThat(read("from/a")).as("source of %d bytes", size).isEqualTo(content);
        }
        assertThat(keys("", "")).containsExactly("from/a", "to/b/c");
        assertNothingLeftBehind();
    }

    @Test
    default void copyReplacesItsTarget() throws IOException {
        put("a", "new");
        String old = put("b", "old content").etag();
        client().copy("a", "b");

        assertThat(read("b")).isEqualTo(text("new"));
        assertThat(client().stat("b").orElseThrow().etag()).isNotEqualTo(old);
        assertThat(client().stat("b").orElseThrow().key()).isEqualTo("b");
    }

    @Test
    default void copyOfOddKeys() throws IOException {
        List<String> odd = new ArrayList<>(KeyContract.ODD_KEYS);
        odd.removeIf(key -> !supportsKey(key));
        for (String key : odd) {
            put(key, "content of " + key);
            client().copy(key, "copied");
            assertThat(read("copied")).as("copy of %s", key).isEqualTo(text("content of " + key));
        }
    }

    @Test
    default void copyOntoItselfKeepsTheContent() throws IOException {
        put("a", "content");
        client().copy("a", "a");
        assertThat(read("a")).isEqualTo(text("content"));
    }

    @Test
    default void copyOfAMissingObjectIsNoSuchFile() throws IOException {
        put("b", "old content");

        assertThatThrownBy(() -> client().copy("missing", "b"))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> client().copy("missing", "c")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> client().copy("missing", "missing")).isInstanceOf(NoSuchFileException.class);
        assertThat(read("b")).isEqualTo(text("old content"));
        assertThat(keys("", "")).containsExactly("b");
    }

    @Test
    default void deleteIsIdempotent() throws IOException {
        put("a", "1");
        put("dir/b", "2");
        put("dir/c", "3");
        client().delete(List.of());
        client().delete(List.of("a", "missing", "dir", "dir/b", "dir/b/c"));

        assertAbsent("a");
        assertAbsent("dir/b");
        assertThat(keys("", "")).containsExactly("dir/c");
        client().delete(Set.of("a", "dir/c"));
        client().delete(Set.of("a", "dir/c"));
        assertThat(keys("", "")).isEmpty();
    }

    @Test
    default void deleteTakesMoreThanAThousandKeys() throws IOException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 1_501; i++) {
            keys.add("k/" + i);
        }
        put(keys.get(0), "first");
        put(keys.get(1_000), "middle");
        put(keys.get(1_500), "last");
        put("other", "stays");
        client().delete(keys);

        assertThat(keys("", "")).containsExactly("other");
    }

    @Test
    default void writesAndDeletesMayAlternate() throws IOException {
        for (int i = 0; i < 20; i++) {
            put("deep/er/and/deeper", "x" + i);
            assertThat(read("deep/er/and/deeper")).isEqualTo(text("x" + i));
            client().delete(List.of("deep/er/and/deeper"));
            assertAbsent("deep/er/and/deeper");
        }
    }

    @Test
    default void neighboursMayBeWrittenWhileOthersAreDeleted() throws Exception {
        Race.of(4, racer -> {
            for (int i = 0; i < 25; i++) {
                String key = "shared/folder/" + racer;
                put(key, "round " + i);
                assertThat(read(key)).isEqualTo(text("round " + i));
                client().delete(List.of(key));
            }
        });
        assertThat(keys("", "")).isEmpty();
    }
}
