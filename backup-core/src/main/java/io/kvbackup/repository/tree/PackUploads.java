package io.kvbackup.repository.tree;

import io.kvbackup.repository.StoreFanOut;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Brings packs into a store, each while the next one is filled, so that there are two temporary files at most. Used by
 * one thread.
 */
final class PackUploads implements PackOutput.Taker, Closeable {
    /** How long an upload that was given up may take to let go of its file. */
    private static final Duration CLEAN_UP_PATIENCE = Duration.ofSeconds(10);

    private final StorageClient storage;
    private final StoreFanOut<Boolean> calls;
    private @Nullable String underWay;

    PackUploads(StorageClient storage, Executor executor) {
        this.storage = storage;
        this.calls = new StoreFanOut<>(executor);
    }

    @Override
    public void take(PackOutput.Finished pack) throws IOException {
        awaitLast();
        String name = pack.record().name();
        underWay = name;
        calls.start(name, () -> {
            put(pack, storage);
            Files.delete(pack.file());
            return true;
        });
    }

    /**
     * Brings one into a store. What somebody has put there before under its name, which is random, can only be the
     * same.
     */
    static void put(PackOutput.Finished pack, StorageClient storage) throws IOException {
        ContentWriter content = ContentWriter.repeatable(out -> Files.copy(pack.file(), out));
        storage.upload(pack.record().name(), content, PutCondition.ifAbsent());
    }

    /** Waits until all are there. */
    void awaitLast() throws IOException {
        String name = underWay;
        if (name != null) {
            underWay = null;
            calls.complete(name);
        }
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        calls.abandon(CLEAN_UP_PATIENCE);
    }
}
