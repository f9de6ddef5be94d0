package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves several stores with one backup at the same time. Safe for use by several threads. */
public final class SeveralStores {
    private static final Logger LOG = LoggerFactory.getLogger(SeveralStores.class);

    /** How long a store may take to say what its newest backup is; one that does not is taken to have none. */
    private static final Duration LISTING_PATIENCE = Duration.ofSeconds(30);

    /** How long stores that were given up may take to remove what they have got. */
    private static final Duration CLEAN_UP_PATIENCE = Duration.ofSeconds(10);

    private static final long FOR_EVER = Long.MAX_VALUE;

    private final Executor executor;
    private final LongSupplier nanoTime;

    /**
     * @param executor runs one task for each store; must be able to start them at once, or they are served one by one
     */
    public SeveralStores(Executor executor, LongSupplier nanoTime) {
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    /** Asks a store what it has already. */
    @FunctionalInterface
    public interface Question<T> {
        T ask(StorageClient store) throws IOException;
    }

    /** Puts a backup into a store. */
    @FunctionalInterface
    public interface Put {
        Backup into(String name, StorageClient store) throws IOException;
    }

    /** What the stores have already. One that does not answer cannot keep the others from having a backup. */
    public Map<String, BackupTimestamps.Earlier> earlier(
            BackupWriter.Request request,
            Map<String, StorageClient> stores,
            Question<BackupTimestamps.Earlier> question)
            throws IOException {
        Map<String, BackupTimestamps.Earlier> found = new LinkedHashMap<>();
        answers(stores, question)
                .forEach((name, answer) -> found.put(
                        name,
                        answer.orElseGet(
                                () -> BackupTimestamps.Earlier.unknown(request.folder(), request.databases()))));
        return found;
    }

    /** The newest stamp of all. */
    public static Instant newest(Collection<BackupTimestamps.Earlier> earlier) {
        return earlier.stream()
                .map(BackupTimestamps.Earlier::newest)
                .max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** Asks all at once; a store that does not answer in time, or fails, has no answer. */
    public <T> Map<String, Optional<T>> answers(Map<String, StorageClient> stores, Question<T> question)
            throws IOException {
        StoreFanOut<T> calls = new StoreFanOut<>(executor);
        stores.forEach((name, store) -> calls.start(name, () -> question.ask(store)));
        long deadline = nanoTime.getAsLong() + LISTING_PATIENCE.toNanos();
        Map<String, Optional<T>> found = new LinkedHashMap<>();
        try {
            for (String name : stores.keySet()) {
                try {
                    found.put(name, Optional.of(calls.await(name, deadline - nanoTime.getAsLong())));
                } catch (IOException e) {
                    Interruption.rethrow(e);
                    LOG.warn(
                            "Store {} does not tell its newest backup; the new one is stamped without: {}",
                            name,
                            e.toString());
                    found.put(name, Optional.empty());
                }
            }
        } finally {
            calls.abandon();
        }
        return found;
    }

    /** Puts a backup into all. */
    public Map<String, StoreOutcome> serve(Map<String, StorageClient> stores, Put put) throws IOException {
        StoreFanOut<StoreOutcome> calls = new StoreFanOut<>(executor);
        stores.forEach((name, store) -> calls.start(name, () -> outcome(name, store, put)));
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

    private StoreOutcome outcome(String name, StorageClient store, Put put) {
        long start = nanoTime.getAsLong();
        try {
            return new StoreOutcome(name, Optional.of(put.into(name, store)), Optional.empty(), since(start));
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
