package io.kvbackup;

import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.retry.RetryPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A host with one database in memory and a store that outlives its managers. */
public final class EncryptedHost {
    static final String SECRET_SET = "payroll-set";
    static final String SECRET_KEY = "ceo-of-the-company";
    static final String SECRET_VALUE = "\"a very confidential figure\"";

    public final MemoryStorageClient storage = new MemoryStorageClient();
    final ConcurrentMap<String, String> live = new ConcurrentHashMap<>(Map.of(SECRET_KEY, SECRET_VALUE, "b", "\"2\""));
    final TestClock clock = new TestClock(Instant.parse("2026-11-20T12:00:00Z"));

    static byte[] secret(int fill) {
        byte[] secret = new byte[32];
        Arrays.fill(secret, (byte) fill);
        return secret;
    }

    public static EncryptionKeys raw(String id) {
        return EncryptionKeys.ofRaw(id, secret(id.hashCode()));
    }

    BackupManagerBuilder builder(@Nullable EncryptionKeys keys) {
        return builder(keys, storage);
    }

    BackupManagerBuilder builder(@Nullable EncryptionKeys keys, StorageClient store) {
        BackupManagerBuilder builder = BackupManager.builder()
                .storage(store)
                .retryPolicy(RetryPolicy.defaults().withAttempts(1))
                .clock(clock)
                .database(MapDatabase.builder("orders")
                        .set(SECRET_SET, live, Codec.utf8(), Codec.utf8())
                        .build());
        return keys == null ? builder : builder.encryption(keys);
    }

    public BackupManager manager(@Nullable EncryptionKeys keys) throws IOException {
        return builder(keys).build();
    }

    Map<String, String> state() {
        return new TreeMap<>(live);
    }

    public byte[] read(String key) throws IOException {
        try (InputStream in = storage.download(key, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    void write(String key, byte[] bytes) throws IOException {
        storage.upload(key, ContentWriter.of(bytes), PutCondition.none());
    }

    static String manifest(String objectName) {
        return objectName + ".manifest.json";
    }
}
