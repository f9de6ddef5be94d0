package io.kvbackup.gcs;

import com.google.cloud.storage.Storage;
import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps objects in a bucket of Google Cloud Storage, or of a store that speaks its JSON API, below a prefix.
 *
 * <p>An upload that fits into one chunk (8 MiB unless set otherwise) is one request. A larger one is a resumable
 * upload: it holds one chunk in memory, whatever its size, and goes on where it was when a request fails. A failed
 * upload cancels its session. A process that dies cannot, but what it has sent shows nowhere, and the store drops it
 * after a week.
 *
 * <p>The etag of an object is its generation. Every object carries a random id in its metadata
 * ({@code kvbackup-upload}), by which a write is recognised whose reply was lost. CRC32C is checked by the store when
 * content arrives, and here when a whole object has been read. Every request has a deadline, and so have its retries.
 *
 * <p>What this does not do: keys with a line break are refused, since GCS does not allow them; a connection that a
 * host's {@link Storage} has opened can be bounded while it connects and reads, not while it sends.
 *
 * <p>Safe for use by several threads. {@link #close} closes what the client has made itself, never a host's
 * {@link Storage}.
 */
public final class GcsStorageClient implements StorageClient {
    private static final Logger LOG = LoggerFactory.getLogger(GcsStorageClient.class);

    /** Of one upload: a store that loses so many will lose more. */
    private static final int MAX_STARTS = 3;

    private final GcsSession session;
    private final GcsStat stat;
    private final Supplier<String> ids;
    private final @Nullable Storage owned;

    /** @param owned is closed with this client */
    GcsStorageClient(GcsSession session, Supplier<String> ids, @Nullable Storage owned) {
        this.session = session;
        this.stat = new GcsStat(session);
        this.ids = ids;
        this.owned = owned;
    }

    /**
     * A client with all settings at their defaults; see {@link #builder}.
     *
     * @param storage stays the caller's to close
     * @param prefix what the names of all objects start with, without a slash at either end; may be empty
     * @throws IllegalArgumentException if bucket or prefix cannot be one, or {@code storage} does not use HTTP
     */
    public static GcsStorageClient of(Storage storage, String bucket, String prefix) {
        return builder(storage, bucket).prefix(prefix).build();
    }

    /**
     * Starts to build a client on a host's own connection: {@code StorageOptions.http()}, with credentials and
     * time-outs as the host likes them. Requests are sent by a {@link Storage} with the same options except for
     * retries, which are this client's own.
     *
     * @param storage stays the caller's to close
     */
    public static GcsStorageClientBuilder builder(Storage storage, String bucket) {
        return new GcsStorageClientBuilder(storage, bucket);
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
        return GcsListing.stream(session, prefix, after);
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
        return new GcsDownload(session, stat).open(key, etag, range);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        require(key);
        session.enter("upload");
        // What was lost on the way is sent again if there is a way to get it.
        for (int start = 1; ; start++) {
            try {
                return new GcsUpload(session, stat, key, condition, new UploadMarker(ids.get())).run(content);
            } catch (UploadLostException e) {
                if (!content.isRepeatable() || start == MAX_STARTS) {
                    throw e;
                }
                LOG.warn("the upload starts anew: {}", e.getMessage());
            }
        }
    }

    @Override
    public void copy(String from, String to) throws IOException {
        require(from);
        require(to);
        session.enter("copy");
        new GcsCopy(session, stat).copy(from, to);
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        keys.forEach(this::require);
        session.enter("delete");
        new GcsDeletion(session, stat).delete(keys);
    }

    /**
     * Google's own store keeps conditions; another that speaks its API has to be tried. A chunk is a part: larger
     * content goes up in several. The client repeats requests with growing pauses, until the deadline of a call.
     */
    @Override
    public StorageTraits traits() {
        Conditions conditions = session.api().urls().areGoogles() ? Conditions.KEPT : Conditions.UNKNOWN;
        return new StorageTraits(conditions, true, true, session.settings().chunkSize());
    }

    private void require(String key) {
        session.place().objectName(key);
    }

    @Override
    public void close() throws IOException {
        if (session.closed().getAndSet(true) || owned == null) {
            return;
        }
        try {
            owned.close();
        } catch (Exception e) {
            throw new IOException("cannot close the client of " + session.place() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "GcsStorageClient[" + session.place() + "]";
    }
}
