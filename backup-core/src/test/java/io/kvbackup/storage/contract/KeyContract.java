package io.kvbackup.storage.contract;

import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which keys there can be. */
public interface KeyContract extends StorageFixture {
    /** Legal, and sure to find the place where something was not quoted. */
    List<String> ODD_KEYS = List.of(
            "with space",
            " leading and trailing ",
            "plus+plus",
            "per%cent",
            "%41%2F%zz",
            "question?mark=1&x#fragment",
            "star*",
            "<angle>\"quotes\"'apostrophe'|pipe",
            "colon:2026-11-20T12:00:00.000Z.cbor.zst",
            "back\\slash",
            ".hidden",
            "..dots..",
            "...",
            "dir/.hidden/.tmp",
            "trailing.",
            "tilde~/~",
            "CON",
            "aux.txt",
            "new\nline\ttab",
            "\u007f",
            "ümläut/日本語/emoji \ud83d\ude00",
            "e\u0301 beside \u00e9",
            ".kvbackup",
            ".kvbackup/tmp/x",
            "%dir",
            "x%more",
            "x%file");

    /** Never legal. */
    List<String> REFUSED_KEYS = List.of(
            "",
            "/",
            "/absolute",
            "trailing/",
            "double//slash",
            ".",
            "..",
            "../escape",
            "a/../b",
            "a/./b",
            "a/..",
            "nul\0",
            "a\0/b",
            "high\ud83d",
            "\ude00low",
            "\ude00\ud83d",
            "x".repeat(901),
            "é".repeat(451));

    @Test
    default void oddKeysWork() throws IOException {
        List<String> keys = ODD_KEYS.stream().filter(this::supportsKey).toList();
        for (String key : keys) {
            put(key, "content of " + key);
        }
        for (String key : keys) {
            assertThat(read(key)).as("key '%s'", key).isEqualTo(text("content of " + key));
            assertThat(client().stat(key).map(StorageObject::key)).contains(key);
            assertThat(keys(key, "")).as("listing of '%s'", key).contains(key);
        }
        assertThat(keys("", "")).containsExactlyInAnyOrderElementsOf(keys);
        client().delete(keys);
        assertThat(keys("", "")).isEmpty();
    }

    @Test
    default void longKeysWork() throws IOException {
        String prefix = "p".repeat(240);
        List<String> keys = List.of(
                "x".repeat(900),
                "y".repeat(899) + "z",
                "日".repeat(300),
                "%".repeat(900),
                "s".repeat(255) + "/" + "t".repeat(256) + "/" + "u".repeat(387),
                prefix + "!",
                prefix + "/child",
                prefix + "0");
        for (String key : keys.stream().filter(this::supportsKey).toList()) {
            put(key, key);
            assertThat(read(key)).as("key '%s'", key).isEqualTo(text(key));
            assertThat(keys(key, "")).containsExactly(key);
        }
        assertThat(keys("", ""))
                .containsExactlyElementsOf(keys.stream()
                        .filter(this::supportsKey)
                        .sorted(StorageKey.ORDER)
                        .toList());
    }

    @Test
    default void keysThatDifferLittleAreDifferent() throws IOException {
        List<String> keys = List.of("a", "a.", "a ", "a%20", "a+", "a%2B", "b/c", "b%2Fc", "b%2fc", "b\\c");
        for (String key : keys.stream().filter(this::supportsKey).toList()) {
            put(key, key);
        }
        for (String key : keys.stream().filter(this::supportsKey).toList()) {
            assertThat(read(key)).as("key '%s'", key).isEqualTo(text(key));
        }
    }

    @Test
    default void keyMayStandBesideItsFolder() throws IOException {
        assumeTrue(supportsKeyBesideItsFolder(), "the store cannot hold a beside a/b");
        put("a", "file first");
        put("a/b", "then child");
        put("c/d/e", "child first");
        put("c/d", "then file");
        put("c", "then file");
        put("a", "replaced");
        put("a/b/c", "deeper");

        List<String> keys = List.of("a", "a/b", "a/b/c", "c", "c/d", "c/d/e");
        assertThat(keys("", "")).containsExactlyElementsOf(keys);
        assertThat(read("a")).isEqualTo(text("replaced"));
        assertThat(read("a/b")).isEqualTo(text("then child"));
        client().delete(List.of("a", "c/d/e"));
        assertThat(keys("", "")).containsExactly("a/b", "a/b/c", "c", "c/d");
        put("a", "back");
        put("c/d/e", "back");
        assertThat(keys("", "")).containsExactlyElementsOf(keys);
        client().delete(keys);
        assertThat(keys("", "")).isEmpty();
    }

    @Test
    default void impossibleKeysAreRefusedByEveryOperation() throws IOException {
        put("good", "x");
        for (String key : REFUSED_KEYS) {
            String as = "key '" + key.replace('\0', '?') + "'";
            assertThatThrownBy(() -> client().stat(key)).as(as).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client().download(key, ByteRange.all()))
                    .as(as)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(
                            () -> client().download(new StorageObject(key, 1, Instant.EPOCH, "etag"), ByteRange.all()))
                    .as(as)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client().upload(key, ContentWriter.of(new byte[1]), PutCondition.none()))
                    .as(as)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client().copy(key, "other")).as(as).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client().copy("good", key)).as(as).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> client().delete(List.of("good", key)))
                    .as(as)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(keys("", "")).as("nothing was written or deleted").containsExactly("good");
    }
}
