package io.kvbackup.s3;

import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Keeps objects in a bucket of S3, or of a store that speaks its protocol, below a prefix.
 *
 * <p>An upload that fits into one part (5 MiB unless set otherwise) is one request. A larger one is a multipart upload
 * whose parts are sent by several threads. It needs memory for {@code concurrency + 1} parts, whatever its size: parts
 * grow with their number, up to 5 TiB in all, and those that have grown, or exceed 16 MiB, are temporary files. A
 * failed upload removes its parts. Those of a process that died, and uploads whose id was lost with the reply to the
 * request that opened them, are removed by {@link #deleteStaleUploads}, which prune calls; a lifecycle rule
 * {@code AbortIncompleteMultipartUpload} of the bucket does it without.
 *
 * <p>Every object carries a random id in its metadata ({@code kvbackup-upload}), by which a write is recognised whose
 * reply was lost. Every request has a deadline, and the SDK's retries are the only ones: ten attempts with pauses that
 * grow to 20 seconds at most, if the client was made from a URI. An interrupt is noticed between requests,
 * and during one when its attempt ends: within half a minute if the store is silent. A
 * {@link io.kvbackup.storage.retry.RetryingStorageClient} around this client notices it at once.
 *
 * <p>What this does not do: it does not work with directory buckets (S3 Express), which list without order, and it
 * cannot know whether a store honours conditional writes; AWS does.
 *
 * <p>Safe for use by several threads. {@link #close} closes what the client has made itself, never a host's
 * {@link S3Client} or executor.
 */
public final class S3StorageClient implements StorageClient {
    private final S3Session session;
    private final S3Stat stat;
    private final AbandonedUploads abandoned;
    private final Executor executor;
    private final Path temporary;
    private final Supplier<String> ids;
    private final List<AutoCloseable> owned;

    S3StorageClient(
            S3Session session, Executor executor, Path temporary, Supplier<String> ids, List<AutoCloseable> owned) {
        this.session = session;
        this.stat = new S3Stat(session);
        this.abandoned = new AbandonedUploads(session);
        this.executor = executor;
        this.temporary = temporary;
        this.ids = ids;
        this.owned = List.copyOf(owned);
    }

    /**
     * A client with all settings at their defaults; see {@link #builder}.
     *
     * @param s3 stays the caller's to close
     * @param prefix what the names of all objects start with, without a slash at either end; may be empty
     * @throws IllegalArgumentException if bucket or prefix cannot be one
     */
    public static S3StorageClient of(S3Client s3, String bucket, String prefix) {
        return builder(s3, bucket).prefix(prefix).build();
    }

    /**
     * Starts to build a client on a host's own connection. For a store that rejects the SDK's trailing checksums,
     * configure {@code s3} accordingly (checksums {@code WHEN_REQUIRED}, chunked encoding off) and set
     * {@link S3StorageClientBuilder#compatibility}. Its retries are those that {@code s3} was configured with; the
     * SDK's own default gives up, and with it a whole upload, when the store is out of reach for a second or two.
     *
     * @param s3 stays the caller's to close; it should have room for two connections more than parts are sent at once
     */
    public static S3StorageClientBuilder builder(S3Client s3, String bucket) {
        return new S3StorageClientBuilder(s3, bucket);
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        require(key);
        session.enter("stat");
        return stat.stat(key);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        session.enter("list");
        return S3Listing.stream(session, prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return download(key, null, range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return download(version.key(), version.etag(), range);
    }

    private InputStream download(String key, @Nullable String etag, ByteRange range) throws IOException {
        require(key);
        session.enter("download");
        return new S3Download(session).open(key, etag, range);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        require(key);
        session.enter("upload");
        UploadMarker marker = new UploadMarker(ids.get());
        return new S3Upload(session, key, condition, marker, executor, temporary).run(content);
    }

    @Override
    public void copy(String from, String to) throws IOException {
        require(from);
        require(to);
        session.enter("copy");
        new S3Copy(session, new UploadMarker(ids.get())).copy(from, to);
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        keys.forEach(this::require);
        session.enter("delete");
        new S3Deletion(session).delete(keys);
    }

    /**
     * Aborts multipart uploads, but none that this client has open. Needs {@code s3:ListBucketMultipartUploads}: where
     * that is refused, or the store has no such request, it does nothing and a warning is logged once.
     */
    @Override
    public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
        session.enter("abandon uploads");
        abandoned.abort(prefix, startedBefore);
    }

    private void require(String key) {
        session.place().objectKey(key);
    }

    /** AWS keeps them; of other stores that speak its protocol, not all do. */
    private Conditions conditions() {
        try {
            return session.s3().serviceClientConfiguration().endpointOverride().isPresent()
                    ? Conditions.UNKNOWN
                    : Conditions.KEPT;
        } catch (UnsupportedOperationException e) {
            return Conditions.UNKNOWN; // a host's own kind of client
        }
    }

    /** The SDK repeats requests, with pauses. A part has the size of the first parts of a larger upload. */
    @Override
    public StorageTraits traits() {
        return new StorageTraits(conditions(), true, true, session.settings().partSize());
    }

    @Override
    public void close() throws IOException {
        if (session.closed().getAndSet(true)) {
            return;
        }
        IOException failure = null;
        for (AutoCloseable resource : owned) {
            try {
                resource.close();
            } catch (Exception e) {
                failure = new IOException("cannot close the client of " + session.place() + ": " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public String toString() {
        return "S3StorageClient[" + session.place() + "]";
    }
}
