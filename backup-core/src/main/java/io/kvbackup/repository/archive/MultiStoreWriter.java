package io.kvbackup.repository.archive;

import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.repository.BackupTimestamps;
import io.kvbackup.repository.StoreFanOut;
import io.kvbackup.storage.Interruption;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one backup into several stores, under one name, and reads the databases only once: into a temporary file, from which
 * each store is then served on a thread of its own. So the slowest store delays neither the snapshots nor the others, and a
 * store that fails or hangs only misses its own copy. Safe for use by several threads.
 */
public final class MultiStoreWriter {
    private static final Logger LOG = LoggerFactory.getLogger(MultiStoreWriter.class);

    /** How long a store may take to say what its newest backup is; one that does not is taken to have none. */
    private static final Duration LISTING_PATIENCE = Duration.ofSeconds(30);

    /** How long stores that were given up may take to remove what they have got. */
    private static final Duration CLEAN_UP_PATIENCE = Duration.ofSeconds(10);

    private static final long FOR_EVER = Long.MAX_VALUE;

    private final BackupWriter writer;
    private final Executor executor;
    private final LongSupplier nanoTime;

    /** @param executor runs one task for each store; must be able to start them at once, or they are served one by one */
    public MultiStoreWriter(BackupWriter writer, Executor executor, LongSupplier nanoTime) {
        this.writer = writer;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /**
     * Writes.
     *
     * @param stores by name; each has deadlines of its own, so that none hangs for ever
     * @param folder for the temporary file
     * @return what became of it in each store
     * @throws IOException if the databases could not be read
     */
    public Map<String, StoreOutcome> write(
            BackupWriter.Request request,
            BackupWriter.SnapshotSource source,
            Map<String, StorageClient> stores,
            Path folder)
            throws IOException {
        Map<String, BackupTimestamps.Earlier> earlier = earlier(request, stores);
        Instant newest = earlier.values().stream()
                .map(BackupTimestamps.Earlier::newest)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
        try (SpooledArchive archive = writer.spool(request, folder, source, newest)) {
            return putIntoAll(archive, stores, earlier);
        }
    }

    /** A store that does not answer cannot keep the others from having a backup. */
    private Map<String, BackupTimestamps.Earlier> earlier(
            BackupWriter.Request request, Map<String, StorageClient> stores) throws IOException {
        StoreFanOut<BackupTimestamps.Earlier> calls = new StoreFanOut<>(executor);
        stores.forEach((name, store) -> calls.start(name, () -> writer.earlier(store, request)));
        long deadline = nanoTime.getAsLong() + LISTING_PATIENCE.toNanos();
        Map<String, BackupTimestamps.Earlier> found = new LinkedHashMap<>();
        try {
            for (String name : stores.keySet()) {
                try {
                    found.put(name, calls.await(name, deadline - nanoTime.getAsLong()));
                } catch (IOException e) {
                    Interruption.rethrow(e);
                    LOG.warn(
                            "Store {} does not tell its newest backup; the new one is stamped without: {}",
                            name,
                            e.toString());
                    found.put(name, BackupTimestamps.Earlier.unknown(request.folder(), request.databases()));
                }
            }
        } finally {
            calls.abandon();
        }
        return found;
    }

    private Map<String, StoreOutcome> putIntoAll(
            SpooledArchive archive, Map<String, StorageClient> stores, Map<String, BackupTimestamps.Earlier> earlier)
            throws IOException {
        StoreFanOut<StoreOutcome> calls = new StoreFanOut<>(executor);
        earlier.forEach((name, known) -> {
            StorageClient store = Objects.requireNonNull(stores.get(name));
            calls.start(name, () -> putInto(archive, name, store, known));
        });
        Map<String, StoreOutcome> outcomes = new LinkedHashMap<>();
        try {
            for (String name : stores.keySet()) {
                outcomes.put(name, calls.await(name, FOR_EVER));
            }
        } finally {
            calls.abandon(CLEAN_UP_PATIENCE);
        }
        return outcomes;
    }

    private StoreOutcome putInto(
            SpooledArchive archive, String name, StorageClient store, BackupTimestamps.Earlier earlier) {
        long start = nanoTime.getAsLong();
        try {
            Backup backup = archive.putInto(store, writer.startUpload(), earlier);
            return new StoreOutcome(name, Optional.of(backup), Optional.empty(), since(start));
        } catch (IOException e) {
            return new StoreOutcome(name, Optional.empty(), Optional.of(e), since(start));
        } catch (RuntimeException e) {
            IOException failure = new IOException("store " + name + ": " + e, e);
            return new StoreOutcome(name, Optional.empty(), Optional.of(failure), since(start));
        }
    }

    private Duration since(long start) {
        return Duration.ofNanos(nanoTime.getAsLong() - start);
    }
}
