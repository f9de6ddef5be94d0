package io.kvbackup.storage.check;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
    private final ScratchRemoval removal;

    ScratchCleanUp(StorageClient store, ScratchStorage scratch, ExecutorService threads) {
        this.store = store;
        this.scratch = scratch;
        this.threads = threads;
        this.removal = new ScratchRemoval(scratch, store);
    }

    /** Takes a quarter of the check's time at most; returns what went wrong, if anything did. */
    Optional<String> run(Duration timeOfCheck) {
        Duration quarter = timeOfCheck.dividedBy(4);
        Duration limit = quarter.compareTo(LEAST) > 0 ? quarter : LEAST;
        Future<Optional<String>> cleaning = threads.submit(() -> clean(limit));
        try {
            return cleaning.get(2 * limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of(
                    left("time was over; " + scratch.written().size() + " that were written are not known to be gone"
                            + (removal.left().isEmpty() ? "" : "; " + removal.left())));
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
        String before = "";
        for (int round = 0; round < ROUNDS; round++) {
            List<String> listed = List.of();
            String problem = "";
            try {
                listed = listed();
            } catch (IOException | RuntimeException e) {
                // The keys that are known to have been written can still be removed.
                problem = "they cannot be listed: " + e.getMessage();
            }
            if (listed.isEmpty() && scratch.written().isEmpty() && problem.isEmpty()) {
                return quiet
                        ? Optional.empty()
                        : Optional.of(left("a request that has not ended may still be carried out"));
            }
            removal.remove(listed);
            String left = removal.left().isEmpty() ? problem : removal.left();
            if (!left.isEmpty() && left.equals(before)) {
                return Optional.of(left(left));
            }
            before = left;
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
