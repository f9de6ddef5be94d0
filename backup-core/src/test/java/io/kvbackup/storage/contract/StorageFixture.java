package io.kvbackup.storage.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Hooks that a test class for a store fills in, and what the contract tests share. */
public interface StorageFixture {
    /** The client under test: the same one during a test, on a place that is empty when the test starts. */
    StorageClient client() throws IOException;

    /** Bytes that go into one part, block or buffer of an upload: sizes around it are tried. */
    default int partSize() {
        return 64 * 1024;
    }

    /** How many objects to list: more than one page of the store. */
    default int manyObjects() {
        return 2_100;
    }

    /** Whether of several writers with the same condition exactly one wins, even if they write at the same moment. */
    default boolean supportsRacingConditions() {
        return true;
    }

    /** The same for those who replace an object: a store may decide "if absent" alone in one step. */
    default boolean supportsRacingReplacements() {
        return supportsRacingConditions();
    }

    /** Whether there can be an object {@code a} beside an object {@code a/b}. */
    default boolean supportsKeyBesideItsFolder() {
        return true;
    }

    /** Whether the store takes this legal but odd key; an emulator may have its weaknesses. */
    default boolean supportsKey(String key) {
        return true;
    }

    /**
     * Whether the store takes a listing of a prefix that no key can have, such as {@code /} and {@code ../}; some
     * refuse it.
     */
    default boolean supportsPrefix(String prefix) {
        return true;
    }

    /** Fails if a failed upload has left anything in the store: open multipart uploads, temporary files. */
    default void assertNothingLeftBehind() throws IOException {}

    /** Fails if a download or listing that was closed still holds a connection or file. */
    default void assertNothingLeftOpen() {}

    /** Random bytes, the same for the same seed. */
    static byte[] content(long seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** The UTF-8 bytes of a text. */
    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Uploads without a condition. */
    default StorageObject put(String key, byte[] content) throws IOException {
        return client().upload(key, ContentWriter.of(content), PutCondition.none());
    }

    /** Uploads a short text without a condition. */
    default StorageObject put(String key, String content) throws IOException {
        return put(key, text(content));
    }

    /** Reads the whole object. */
    default byte[] read(String key) throws IOException {
        return read(key, ByteRange.all());
    }

    /** Reads a part of the object. */
    default byte[] read(String key, ByteRange range) throws IOException {
        try (InputStream in = client().download(key, range)) {
            return in.readAllBytes();
        }
    }

    /** The keys that a listing gives. */
    default List<String> keys(String prefix, String after) throws IOException {
        try (Stream<StorageObject> objects = client().list(prefix, after)) {
            return objects.map(StorageObject::key).toList();
        }
    }

    /** Fails unless the store knows nothing of the key. */
    default void assertAbsent(String key) throws IOException {
        assertThat(client().stat(key)).as("stat of " + key).isEmpty();
        assertThat(keys("", "")).as("listing").doesNotContain(key);
    }
}
