package io.kvbackup.s3;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Settings of an {@link S3StorageClient}. {@link #build} throws {@link IllegalArgumentException}, with the value, for
 * one that makes no sense. Not safe for use by several threads.
 */
public final class S3StorageClientBuilder {
    private final S3Client s3;
    private final String bucket;
    private final List<AutoCloseable> owned = new ArrayList<>();
    private String prefix = "";
    private long partSize = S3Settings.DEFAULTS.partSize();
    private int concurrency = S3Settings.DEFAULTS.concurrency();
    private boolean compatibility;
    private @Nullable String sse;
    private @Nullable String kmsKeyId;
    private @Nullable String storageClass;
    private Duration attemptTimeout = S3Settings.DEFAULTS.attemptTimeout();
    private Duration callTimeout = S3Settings.DEFAULTS.callTimeout();
    private long copyThreshold = S3Settings.DEFAULTS.copyThreshold();
    private @Nullable Executor executor;
    private Clock clock = Clock.systemUTC();
    private Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    private Supplier<String> ids = () -> UUID.randomUUID().toString();

    S3StorageClientBuilder(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    /** What the names of all objects start with, without a slash at either end; at most 123 bytes. Empty by default. */
    public S3StorageClientBuilder prefix(String prefix) {
        this.prefix = prefix;
        return this;
    }

    /** Size of the first parts of an upload, in bytes, from 5 MiB to 5 GiB; 5 MiB by default. */
    public S3StorageClientBuilder partSize(long bytes) {
        this.partSize = bytes;
        return this;
    }

    /**
     * How many parts of one upload are sent at the same time, from 1 to 256; 4 by default. Each takes memory for a
     * part, and one more is being filled.
     */
    public S3StorageClientBuilder concurrency(int parts) {
        this.concurrency = parts;
        return this;
    }

    /** Whether to send only what every S3-like store understands: no extra checksums, deletions one by one. */
    public S3StorageClientBuilder compatibility(boolean compatibility) {
        this.compatibility = compatibility;
        return this;
    }

    /** Encryption by the store: {@code AES256} or {@code aws:kms}. By default the bucket decides. */
    public S3StorageClientBuilder sse(@Nullable String sse) {
        this.sse = sse;
        return this;
    }

    /** The key for {@code aws:kms}; by default the account's own. */
    public S3StorageClientBuilder kmsKeyId(@Nullable String kmsKeyId) {
        this.kmsKeyId = kmsKeyId;
        return this;
    }

    /** Such as {@code STANDARD_IA}; one whose objects can be read at once. By default the store decides. */
    public S3StorageClientBuilder storageClass(@Nullable String storageClass) {
        this.storageClass = storageClass;
        return this;
    }

    /**
     * Deadlines of every request, whatever {@code s3} was configured with. One that carries content gets more time, a
     * second for each 128 KiB.
     *
     * @param attempt for one attempt, until the reply starts; 1 minute by default
     * @param call for all attempts together; 5 minutes by default
     */
    public S3StorageClientBuilder timeouts(Duration attempt, Duration call) {
        this.attemptTimeout = attempt;
        this.callTimeout = call;
        return this;
    }

    /**
     * Runs the requests that send parts; stays the caller's. By default the client makes a few daemon threads. When it
     * begins no part of an upload within a quarter of a second, because it is busy, was shut down, or has no other
     * thread than the one that uploads, then that thread sends the part itself: such an upload is slow, but ends. One
     * that rejects a part fails the upload.
     */
    public S3StorageClientBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /** Folder for the parts that are too large for memory; by default the one that Java names. */
    public S3StorageClientBuilder temporaryDirectory(Path directory) {
        this.temporary = directory;
        return this;
    }

    S3StorageClientBuilder copyThreshold(long bytes) {
        this.copyThreshold = bytes;
        return this;
    }

    S3StorageClientBuilder settings(S3Settings settings) {
        return partSize(settings.partSize())
                .concurrency(settings.concurrency())
                .compatibility(settings.compatibility())
                .sse(settings.sse())
                .kmsKeyId(settings.kmsKeyId())
                .storageClass(settings.storageClass())
                .timeouts(settings.attemptTimeout(), settings.callTimeout())
                .copyThreshold(settings.copyThreshold());
    }

    S3StorageClientBuilder clock(Clock clock) {
        this.clock = clock;
        return this;
    }

    S3StorageClientBuilder ids(Supplier<String> ids) {
        this.ids = ids;
        return this;
    }

    /** Makes the client the owner of {@code s3}. */
    S3StorageClientBuilder owning() {
        owned.add(s3);
        return this;
    }

    S3Settings settings() {
        return new S3Settings(
                partSize,
                concurrency,
                compatibility,
                sse,
                kmsKeyId,
                storageClass,
                attemptTimeout,
                callTimeout,
                copyThreshold);
    }

    /** Makes the client. Does not contact the store. */
    public S3StorageClient build() {
        S3Session session = new S3Session(s3, new S3Place(bucket, prefix), settings(), clock);
        List<AutoCloseable> toClose = new ArrayList<>(owned);
        Executor threads = executor;
        if (threads == null) {
            PartThreads own = new PartThreads(concurrency);
            toClose.add(0, own);
            threads = own;
        }
        return new S3StorageClient(session, threads, temporary, ids, toClose);
    }
}
