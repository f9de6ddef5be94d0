package io.kvbackup.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Removes everything below a scratch prefix, in bounded time. */
final class ScratchCleanUp {
    private static final Duration LEAST = Duration.ofSeconds(5);
    private static final int ROUNDS = 5;

    private final StorageClient store;
    private final ScratchStorage scratch;
    private final ExecutorService threads;

    ScratchCleanUp(StorageClient store, ScratchStorage scratch, ExecutorService threads) {
        this.store = store;
        this.scratch = scratch;
        this.threads = threads;
    }

    /** Takes a quarter of the check's time at most; returns what went wrong, if anything did. */
    Optional<String> run(Duration timeOfCheck) {
        Duration quarter = timeOfCheck.dividedBy(4);
        Duration limit = quarter.compareTo(LEAST) > 0 ? quarter : LEAST;
        Future<Optional<String>> cleaning = threads.submit(() -> clean(limit));
        try {
            return cleaning.get(2 * limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of(left("the store did not answer"));
        } catch (ExecutionException e) {
            return Optional.of(left(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(left("the cleaning was interrupted"));
        } finally {
            cleaning.cancel(true);
        }
    }

    private String left(String why) {
        return "objects may be left below " + scratch.prefix() + " in " + store + ": " + why;
    }

    private Optional<String> clean(Duration patience) throws IOException, InterruptedException {
        boolean quiet = scratch.underWay().drain(patience.toMillis());
        for (int round = 0; round < ROUNDS; round++) {
            Set<String> keys = new LinkedHashSet<>(listed());
            if (keys.isEmpty() && scratch.touched().isEmpty()) {
                return quiet
                        ? Optional.empty()
                        : Optional.of(left("a request that has not ended may still be carried out"));
            }
            for (String key : scratch.touched()) {
                // A listing may not tell all, and a deletion of what is gone may fail: that is what was checked.
                if (!keys.contains(scratch.prefix() + key)
                        && store.stat(scratch.prefix() + key).isPresent()) {
                    keys.add(scratch.prefix() + key);
                }
            }
            scratch.touched().clear();
            store.delete(new ArrayList<>(keys));
        }
        return Optional.of(left("they are listed again and again"));
    }

    private List<String> listed() throws IOException {
        try (Stream<StorageObject> objects = store.list(scratch.prefix())) {
            return objects.map(StorageObject::key)
                    .filter(key -> key.startsWith(scratch.prefix()))
                    .toList();
        }
    }
}
