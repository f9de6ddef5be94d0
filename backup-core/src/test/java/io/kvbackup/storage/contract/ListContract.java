package io.kvbackup.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Listings: complete, ordered, lazy. */
public interface ListContract extends StorageFixture {
    @Test
    default void emptyStoreListsNothing() throws IOException {
        assertThat(keys("", "")).isEmpty();
        assertThat(keys("backups/", "backups/x")).isEmpty();
    }

    @Test
    default void listsInTheOrderOfUtf8Bytes() throws IOException {
        // Siblings of a folder sort around its children: '!' and '-' before '/', '0' after. U+FFFD sorts before U+1F600
        // in
        // UTF-8 but after it in UTF-16.
        List<String> expected = Stream.of(
                        "A",
                        "Z/a",
                        "a!",
                        "a-b",
                        "a/b",
                        "a/b!/c",
                        "a/b-c",
                        "a/b/c",
                        "a/b0",
                        "a0",
                        "ab/c",
                        "b/a",
                        "b/z",
                        "ba",
                        "\u00e9",
                        "\ufffd/x",
                        "\ud83d\ude00")
                .filter(this::supportsKey)
                .filter(key -> supportsKeyBesideItsFolder() || !key.equals("a/b"))
                .toList();
        List<String> shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(7));
        for (String key : shuffled) {
            put(key, key);
        }

        assertThat(keys("", "")).containsExactlyElementsOf(expected);
        for (String after :
                List.of("a", "a!", "a-", "a/", "a/b", "a/b-c", "a/b/", "a/b/zzz", "a/c", "b", "\ufffd", "~")) {
            assertThat(keys("", after))
                    .as("after '%s'", after)
                    .containsExactlyElementsOf(expected.stream()
                            .filter(key -> StorageKey.ORDER.compare(key, after) > 0)
                            .toList());
        }
        for (String prefix : Stream.of("a", "a/", "a/b", "a/b/", "b", "b/", "nothing", "a/b/c", "a/b/c/", "/", "Z/")
                .filter(this::supportsPrefix)
                .toList()) {
            assertThat(keys(prefix, ""))
                    .as("prefix '%s'", prefix)
                    .containsExactlyElementsOf(expected.stream()
                            .filter(key -> key.startsWith(prefix))
                            .toList());
        }
    }

    @Test
    default void prefixNeedNotBeAWholeSegment() throws IOException {
        for (String key :
                List.of("logs/2025-12-31", "logs/2026-01-01/a", "logs/2026-01-02", "logs/2027", "other/2026-01")) {
            put(key, key);
        }

        assertThat(keys("logs/2026-", "")).containsExactly("logs/2026-01-01/a", "logs/2026-01-02");
        assertThat(keys("log", "logs/2026")).containsExactly("logs/2026-01-01/a", "logs/2026-01-02", "logs/2027");
        assertThat(keys("logs/2026-", "logs/2026-01-01/a")).containsExactly("logs/2026-01-02");
        assertThat(keys("logs/2026-", "a")).hasSize(2);
        assertThat(keys("logs/2026-", "logs/3")).isEmpty();
    }

    @Test
    default void prefixesThatNoKeyHasListNothing() throws IOException {
        put("a/b", "x");
        for (String prefix : Stream.of("/", "//", "../", "./", "a//", "a/../", "..", "a/b/")
                .filter(this::supportsPrefix)
                .toList()) {
            assertThat(keys(prefix, "")).as("prefix '%s'", prefix).isEmpty();
        }
    }

    @Test
    default void t23_listsMoreThanOnePage() throws IOException {
        List<String> expected = IntStream.range(0, manyObjects())
                .mapToObj(i -> String.format("many/%06d", i))
                .toList();
        List<String> shuffled = new ArrayList<>(expected);
        Collections.shuffle(shuffled, new Random(23));
        for (String key : shuffled) {
            put(key, "");
        }

        assertThat(keys("many/", "")).containsExactlyElementsOf(expected);
        int middle = Math.min(1_000, expected.size() / 2);
        assertThat(keys("", expected.get(middle - 1)))
                .containsExactlyElementsOf(expected.subList(middle, expected.size()));
        client().delete(expected);
        assertThat(keys("", "")).isEmpty();
        assertNothingLeftBehind();
    }

    @Test
    default void listingMayBeClosedEarlyAndReadByIterator() throws IOException {
        for (int i = 0; i < 30; i++) {
            put("k" + (10 + i), "x");
        }

        for (int i = 0; i < 60; i++) {
            try (Stream<StorageObject> objects = client().list("k")) {
                Iterator<StorageObject> iterator = objects.iterator();
                assertThat(iterator.next().key()).isEqualTo("k10");
                assertThat(iterator.hasNext()).isTrue();
                assertThat(iterator.hasNext()).isTrue();
                assertThat(iterator.next().key()).isEqualTo("k11");
            }
        }
        assertThat(keys("k", "")).hasSize(30);
    }

    @Test
    default void deletingWhatIsListedSkipsNothing() throws IOException {
        for (int i = 0; i < 50; i++) {
            put("k/" + (10 + i) + "/x", "x");
        }
        int seen = 0;
        try (Stream<StorageObject> objects = client().list("k")) {
            for (Iterator<StorageObject> iterator = objects.iterator(); iterator.hasNext(); seen++) {
                client().delete(List.of(iterator.next().key()));
            }
        }
        assertThat(seen).isEqualTo(50);
        assertThat(keys("", "")).isEmpty();
    }
}
