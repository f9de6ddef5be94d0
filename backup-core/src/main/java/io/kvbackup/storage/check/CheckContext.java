package io.kvbackup.storage.check;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** What the probes of one {@link StorageCheck} share: a corner of the store, and ways to use it. */
final class CheckContext {
    private final StorageClient store;
    private final boolean quick;
    private final Duration limit;
    private final long start;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Random random;
    private final ExecutorService threads;
    private volatile OptionalLong uploadRate = OptionalLong.empty();
    private volatile OptionalLong downloadRate = OptionalLong.empty();

    CheckContext(
            StorageClient store,
            boolean quick,
            Duration limit,
            Clock clock,
            LongSupplier nanoTime,
            Random random,
            ExecutorService threads) {
        this.store = store;
        this.quick = quick;
        this.limit = limit;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
        this.threads = threads;
        this.start = nanoTime.getAsLong();
    }

    StorageClient store() {
        return store;
    }

    boolean quick() {
        return quick;
    }

    /** How much of its time the whole check has left. */
    Duration left() {
        return limit.minusNanos(nanoTime() - start);
    }

    Clock clock() {
        return clock;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    ExecutorService threads() {
        return threads;
    }

    OptionalLong uploadRate() {
        return uploadRate;
    }

    OptionalLong downloadRate() {
        return downloadRate;
    }

    void rates(long upload, long download) {
        uploadRate = OptionalLong.of(upload);
        downloadRate = OptionalLong.of(download);
    }

    byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    StorageObject put(String key, byte[] content) throws IOException {
        return put(key, content, PutCondition.none());
    }

    StorageObject put(String key, byte[] content, PutCondition condition) throws IOException {
        return store.upload(key, ContentWriter.of(content), condition);
    }

    /** Content of a given size that begins with a text. */
    StorageObject put(String key, String start, long size, PutCondition condition) throws IOException {
        byte[] first = text(start);
        byte[] block = randomBytes((int) Math.min(1 << 16, size));
        ContentWriter content = out -> {
            out.write(first);
            for (long left = size - first.length; left > 0; left -= block.length) {
                out.write(block, 0, (int) Math.min(block.length, left));
            }
        };
        return store.upload(key, ContentWriter.repeatable(content), condition);
    }

    byte[] read(String key) throws IOException {
        return read(key, ByteRange.all());
    }

    byte[] read(String key, ByteRange range) throws IOException {
        try (InputStream in = store.download(key, range)) {
            return in.readAllBytes();
        }
    }

    byte[] read(StorageObject version) throws IOException {
        try (InputStream in = store.download(version, ByteRange.all())) {
            return in.readAllBytes();
        }
    }

    List<String> keys(String prefix, String after) throws IOException {
        try (Stream<StorageObject> objects = store.list(prefix, after)) {
            return objects.map(StorageObject::key).toList();
        }
    }
}
