package io.kvbackup.storage.retry;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.pipeline.UploadOutput;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One upload with its attempts; see {@link RetryingStorageClient}. */
final class RetryingUpload {
    /** How long an upload may take to end after its caller was interrupted. */
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(10);

    private final StorageClient reader;
    private final StorageClient store;
    private final RetryScope scope;
    private final String key;
    private final ContentWriter content;
    private final PutCondition condition;
    private final String operation;
    private @Nullable Written written;

    /** @param reader reads back what was written, with retries of its own */
    RetryingUpload(
            StorageClient reader,
            StorageClient store,
            RetryScope scope,
            String key,
            ContentWriter content,
            PutCondition condition) {
        this.reader = reader;
        this.store = store;
        this.scope = scope;
        this.key = key;
        this.content = content;
        this.condition = condition;
        this.operation = "upload " + key;
    }

    /** The content as it was last produced in full. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Written(long size, byte[] sha256) {}

    /** Carries a failure of the content past the handling of the store's failures. */
    private static final class ContentFailure extends Exception {
        private static final long serialVersionUID = 1L;

        ContentFailure(Throwable cause) {
            super(null, cause, false, false);
        }
    }

    StorageObject run() throws IOException {
        RetryLoop loop = null;
        while (true) {
            try {
                return attempt();
            } catch (ContentFailure e) {
                throw rethrow(e.getCause());
            } catch (PreconditionFailedException e) {
                // The first attempt cannot have been beaten by itself.
                return loop == null ? fail(e) : readBack(e);
            } catch (IOException e) {
                if (!isWorthRepeating(e)) {
                    return RetryLoop.isTransient(e) ? readBack(e) : fail(e);
                }
                loop = loop == null ? scope.loop(operation) : loop;
                IOException last = pause(loop, e);
                if (last != null) {
                    return RetryLoop.isTransient(e) && RetryLoop.isTransient(last) ? readBack(last) : fail(last);
                }
            }
        }
    }

    /** A client that retries itself has done so, but it has no way to get the content again. */
    private boolean isWorthRepeating(IOException failure) {
        return content.isRepeatable()
                && (failure instanceof UploadLostException || !store.traits().retriesItself());
    }

    /** The failure to throw, if there is no other attempt. */
    private static @Nullable IOException pause(RetryLoop loop, IOException failure) {
        try {
            loop.failed(failure);
            return null;
        } catch (IOException last) {
            return last;
        }
    }

    private StorageObject attempt() throws IOException, ContentFailure {
        UploadPipe pipe =
                new UploadPipe(operation, scope.workers(), scope.policy().attemptDeadline());
        StoreWorkers.Running<StorageObject> running =
                scope.workers().start(operation, () -> store.upload(key, pipe::drainTo, condition));
        pipe.attach(running.result());
        try {
            feed(pipe, running.result());
            return end(pipe, running);
        } finally {
            running.abandon();
        }
    }

    /** A caller that is interrupted here must learn whether the object is there, so that it can clean up. */
    private StorageObject end(UploadPipe pipe, StoreWorkers.Running<StorageObject> running) throws IOException {
        CompletableFuture<StorageObject> result = running.result();
        try {
            return pipe.awaitEnd(result, scope.policy().overallDeadline());
        } catch (IOException e) {
            if (Interruption.is(e)) {
                running.task().cancel(true);
                awaitEnd(result, cancelPatience());
                if (result.isDone() && !result.isCompletedExceptionally()) {
                    return result.join();
                }
            }
            throw e;
        }
    }

    private Duration cancelPatience() {
        Duration attempt = scope.policy().attemptDeadline();
        return attempt.compareTo(CANCEL_PATIENCE) < 0 ? attempt : CANCEL_PATIENCE;
    }

    private void feed(UploadPipe pipe, CompletableFuture<StorageObject> result) throws IOException, ContentFailure {
        MessageDigest digest = condition instanceof PutCondition.None ? null : sha256();
        OutputStream to = digest == null ? pipe : new DigestOutputStream(pipe, digest);
        UploadOutput out = new UploadOutput(to, key);
        try {
            content.writeTo(out);
            // Now the content describes this attempt, so an earlier one must not be taken for it; and the store may
            // have failed.
            written = null;
            long size = out.finish();
            written = digest == null ? null : new Written(size, digest.digest());
            pipe.end();
        } catch (IOException | RuntimeException | Error e) {
            Throwable storeFailure = pipe.storeFailure();
            if (storeFailure != null) {
                throw rethrow(storeFailure);
            }
            pipe.abort();
            awaitEnd(result, scope.policy().attemptDeadline());
            throw new ContentFailure(e);
        }
    }

    /** Lets the store clean up, even if this thread has been interrupted, which may be why the content failed. */
    private void awaitEnd(CompletableFuture<StorageObject> result, Duration patience) {
        boolean interrupted = Thread.interrupted();
        CompletableFuture<Boolean> ended = result.handle((object, failure) -> true);
        try {
            scope.workers().await(operation, ended, patience);
        } catch (IOException e) {
            // Hung, or interrupted again: the caller must see the failure of the content.
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * The reply may have been lost after the object was written: then the object lies there as we wrote it. Or the
     * reply said that the condition is lost: a store may refuse before it has read all content, and close the
     * connection.
     */
    private StorageObject readBack(IOException failure) throws IOException {
        Written ours = written;
        if (condition instanceof PutCondition.None
                || (ours == null && failure instanceof PreconditionFailedException)) {
            return fail(failure);
        }
        IOException verdict = failure;
        try {
            Optional<StorageObject> found = reader.stat(key);
            if (ours != null && found.isPresent() && found.get().size() == ours.size() && isOurs(found.get(), ours)) {
                return found.get();
            }
            if (!(failure instanceof PreconditionFailedException) && isLost(found)) {
                verdict = lost(failure);
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
            // We cannot say that somebody else has won: it may have been an attempt of ours.
            if (failure instanceof PreconditionFailedException) {
                verdict = new IOException(
                        operation + ": cannot tell whether it was written, since what is there cannot be read: "
                                + e.getMessage(),
                        failure);
            }
        }
        return fail(verdict);
    }

    private boolean isLost(Optional<StorageObject> found) {
        return condition instanceof PutCondition.IfMatch match
                ? found.filter(object -> object.etag().equals(match.etag())).isEmpty()
                : found.isPresent();
    }

    private PreconditionFailedException lost(IOException failure) {
        return new PreconditionFailedException(
                operation + ": it has changed, or exists already; the store broke off: " + failure.getMessage(),
                failure);
    }

    private boolean isOurs(StorageObject found, Written ours) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(reader.download(found, ByteRange.all()), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return Arrays.equals(digest.digest(), ours.sha256());
    }

    private static StorageObject fail(IOException failure) throws IOException {
        throw failure;
    }

    private static IOException rethrow(@Nullable Throwable failure) {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof IOException e ? e : new IOException(failure);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
