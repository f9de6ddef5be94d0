package io.kvbackup.storage.retry;

import io.kvbackup.pipeline.ClientGate;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Repeats requests that failed for a reason that may pass, and gives up a store that hangs.
 *
 * <ul>
 *   <li>It repeats requests with growing, partly random pauses; but not after a missing key, a lost condition, a denied
 *       access, an illegal argument or an interrupt.
 *   <li>It resumes a broken download at the byte where it broke, in the same version of the object, and a listing after
 *       the last key that it delivered.
 *   <li>An upload is repeated if its content {@linkplain ContentWriter#isRepeatable() can be}, and never if the content
 *       itself failed. When the reply to a conditional upload was lost and a repetition finds the condition broken, the
 *       object is read back: if it is ours, the upload has succeeded. It does the same when the last attempt has
 *       failed. It knows the object as ours by the bytes that the content last wrote in full; if the content differs
 *       each time, it does not recognise an earlier attempt, and the condition is lost.
 *   <li>Every request runs on a thread of this client, so that it can be interrupted and left behind at its deadline;
 *       the content of an upload is still produced on the calling thread. A store that ignores interrupts keeps such a
 *       thread (a daemon) busy, and may carry out the request after all.
 * </ul>
 *
 * A client that {@linkplain StorageTraits#retriesItself() retries itself} gets deadlines and resumed downloads only:
 * for its requests, the attempts and delays of the {@link RetryPolicy} are ignored, because they would multiply with
 * its own; set those where you make the client. They hold for resuming a download, and for the new start of an upload
 * that was {@linkplain UploadLostException lost}, which no client does by itself.
 *
 * <p>Safe for use by several threads. Closing closes the client within.
 */
public final class RetryingStorageClient implements StorageClient {
    private static final int DELETES_PER_ATTEMPT = 1_000;

    private final StorageClient store;
    private final RetryScope requests;
    private final RetryScope streams;
    private final ExecutorService executor;
    private final ClientGate gate;

    /** Decorates {@code store}. */
    public RetryingStorageClient(StorageClient store, RetryPolicy policy) {
        this(store, policy, RetryTime.SYSTEM, new Random());
    }

    RetryingStorageClient(StorageClient store, RetryPolicy policy, RetryTime time, Random random) {
        this.store = store;
        this.executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "kvbackup-store");
            thread.setDaemon(true);
            return thread;
        });
        StoreWorkers workers = new StoreWorkers(executor, time);
        this.streams = new RetryScope(policy, workers, time, random);
        this.requests = store.traits().retriesItself() ? streams.withPolicy(policy.withAttempts(1)) : streams;
        this.gate = new ClientGate(String.valueOf(store));
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        enter("stat", key);
        return requests.run("stat " + key, () -> store.stat(key));
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        gate.enter("list '" + prefix + "'");
        return new ResumingList(store, requests, prefix, after).stream();
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        enter("download", key);
        RetryLoop loop = streams.loop("download " + key);
        while (true) {
            StorageObject version = stat(key)
                    .orElseThrow(() -> new NoSuchFileException(key, null, "download: no such object in " + this));
            try {
                return open(version, range);
            } catch (PreconditionFailedException e) {
                // Replaced between the two requests: any version is fine while no byte has been delivered.
                loop.failed(new IOException(
                        key + " was replaced between each two requests; look who writes it so often", e));
            }
        }
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        enter("download", version.key());
        return open(version, range);
    }

    private InputStream open(StorageObject version, ByteRange range) throws IOException {
        ResumingDownload download = new ResumingDownload(store, streams, version, range);
        download.open(requests);
        return download;
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        enter("upload", key);
        return new RetryingUpload(this, store, streams, key, content, condition).run();
    }

    @Override
    public void copy(String from, String to) throws IOException {
        StorageKey.require(to);
        enter("copy", from);
        // Copies of large objects take long without a sign of life, so only the overall deadline holds.
        RetryPolicy patient = requests.policy()
                .withDeadlines(
                        requests.policy().overallDeadline(), requests.policy().overallDeadline());
        requests.withPolicy(patient).run("copy " + from + " to " + to, () -> {
            store.copy(from, to);
            return true;
        });
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        gate.enter("delete");
        List<String> all = new ArrayList<>(keys);
        all.forEach(StorageKey::require);
        for (int from = 0; from < all.size(); from += DELETES_PER_ATTEMPT) {
            List<String> batch = all.subList(from, Math.min(all.size(), from + DELETES_PER_ATTEMPT));
            requests.run("delete " + batch.size() + " objects", () -> {
                store.delete(batch);
                return true;
            });
        }
    }

    /** As patient as a copy: there may be many, and none of them gives a sign of life. */
    @Override
    public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
        gate.enter("abandon uploads");
        RetryPolicy patient = requests.policy()
                .withDeadlines(
                        requests.policy().overallDeadline(), requests.policy().overallDeadline());
        requests.withPolicy(patient).run("abandon uploads", () -> {
            store.deleteStaleUploads(prefix, startedBefore);
            return true;
        });
    }

    private void enter(String operation, String key) throws IOException {
        StorageKey.require(key);
        gate.enter(operation + " " + key);
    }

    /** A second decorator around this one repeats nothing. */
    @Override
    public StorageTraits traits() {
        return store.traits().withRetriesItself(true);
    }

    @Override
    public Optional<Path> folder() {
        return store.folder();
    }

    @Override
    public void close() throws IOException {
        if (gate.close()) {
            String operation = "close " + this;
            CompletableFuture<Boolean> closed = requests.workers()
                    .start(operation, () -> {
                        store.close();
                        return true;
                    })
                    .result();
            try {
                requests.workers().await(operation, closed, requests.policy().attemptDeadline());
            } catch (IOException | RuntimeException | Error e) {
                if (Interruption.is(e)) {
                    // Closing goes on by itself; the threads are daemons.
                    executor.shutdown();
                } else {
                    executor.shutdownNow();
                }
                throw e;
            }
            executor.shutdownNow();
        }
    }

    @Override
    public String toString() {
        return gate.place();
    }
}
