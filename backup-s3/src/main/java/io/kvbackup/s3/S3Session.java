package io.kvbackup.s3;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * What all operations of one client share: whom to ask, about which place, under which settings.
 *
 * @param running ids of the multipart uploads that this client has open
 * @param trust whether the store keeps what it is sent
 */
record S3Session(
        S3Client s3,
        S3Place place,
        S3Settings settings,
        Clock clock,
        AtomicBoolean closed,
        Set<String> running,
        ContentTrust trust) {
    /** Slower transfers than this, in bytes a second, are given up. */
    private static final long SLOWEST = 128 * 1024;

    private static final int BODILESS_ANSWERS = 3;

    S3Session(S3Client s3, S3Place place, S3Settings settings, Clock clock) {
        this(s3, place, settings, clock, new AtomicBoolean(), ConcurrentHashMap.newKeySet(), new ContentTrust());
    }

    String bucket() {
        return place.bucket();
    }

    /** What every operation asks first. */
    void enter(String operation) throws IOException {
        if (closed.get()) {
            throw new IOException("cannot " + operation + " in " + place + ": the client is closed; open a new one");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(operation + " in " + place + " was interrupted");
        }
    }

    /** Sends a request; what the SDK throws becomes an {@link IOException} of ours. */
    <T> T call(String operation, String key, Supplier<T> request) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return WebPages.refuse(request.get());
            } catch (UncheckedIOException e) {
                // An answer whose body breaks off before its first byte, which the SDK's retries do not see.
                if (attempt == BODILESS_ANSWERS) {
                    throw translate(operation, key, e);
                }
            } catch (RuntimeException e) {
                throw translate(operation, key, e);
            }
        }
    }

    IOException translate(String operation, String key, RuntimeException e) {
        return S3Failures.translate(operation, place, key, e);
    }

    /** Deadlines for a request that carries or moves so many bytes. */
    Consumer<AwsRequestOverrideConfiguration.Builder> deadline(long bytes) {
        return deadline(Duration.ofSeconds(bytes / SLOWEST));
    }

    /** Deadlines for a request that takes the store so much longer than others. */
    Consumer<AwsRequestOverrideConfiguration.Builder> deadline(Duration extra) {
        return override -> override.apiCallAttemptTimeout(
                        settings.attemptTimeout().plus(extra))
                .apiCallTimeout(settings.callTimeout().plus(extra.multipliedBy(2)));
    }

    /** Asks for an object's properties. */
    HeadObjectResponse head(String key, @Nullable String etag) {
        HeadObjectResponse head = WebPages.refuse(s3.headObject(request ->
                request.bucket(bucket()).key(place.objectKey(key)).ifMatch(etag).overrideConfiguration(deadline(0))));
        if (head.contentLength() == null) {
            throw SdkClientException.create("the answer to HEAD does not tell the length of the object");
        }
        return head;
    }

    static StorageObject object(String key, HeadObjectResponse head) {
        Instant lastModified = head.lastModified() == null ? Instant.EPOCH : head.lastModified();
        return new StorageObject(key, head.contentLength(), lastModified, head.eTag());
    }
}
