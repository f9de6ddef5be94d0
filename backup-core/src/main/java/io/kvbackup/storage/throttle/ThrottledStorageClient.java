package io.kvbackup.storage.throttle;

import io.kvbackup.pipeline.UploadOutput;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.retry.RetryingStorageClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * Limits the pace of uploads and downloads; other clients may share the two limits.
 *
 * <p>Put it around a {@link RetryingStorageClient}, not into one. Around it, a stream waits for its turn between the
 * requests to the store, and no deadline of a request runs meanwhile, however slow the limit is. Inside it, every pause
 * would look like a store that hangs. If a store cuts off a download because it is read too slowly, the retries within
 * ask for the rest. An upload that is repeated counts again.
 *
 * <p>It limits the pace at which content is handed to the store and taken from it. A client that gathers parts in
 * memory (of 5 MiB in S3, chunks of 8 MiB in Google Cloud Storage) sends each of them at the speed of the link, with
 * pauses in between; give it a smaller part or chunk size if that is too much at once. Copies inside the store,
 * listings and the parts that such a client sends again by itself are not counted.
 *
 * <p>Safe for use by several threads. Closing closes the client within.
 */
public final class ThrottledStorageClient extends ForwardingStorageClient {
    private final StorageClient store;
    private final RateLimit uploads;
    private final RateLimit downloads;

    /**
     * Decorates {@code store}.
     *
     * @param uploads for all content that is uploaded; may be {@link RateLimit#unlimited()}
     * @param downloads for all content that is downloaded; the same one to share it between both directions
     */
    public ThrottledStorageClient(StorageClient store, RateLimit uploads, RateLimit downloads) {
        super(store);
        this.store = store;
        this.uploads = Objects.requireNonNull(uploads, "uploads");
        this.downloads = Objects.requireNonNull(downloads, "downloads");
    }

    /** The same store under other limits. Closing either closes the store. */
    public ThrottledStorageClient under(RateLimit otherUploads, RateLimit otherDownloads) {
        return new ThrottledStorageClient(store, otherUploads, otherDownloads);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return throttled(super.download(key, range), key);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return throttled(super.download(version, range), version.key());
    }

    private InputStream throttled(InputStream in, String key) {
        return downloads.isUnlimited() ? in : new ThrottledInput(in, new RateShare(downloads, "download " + key));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return super.upload(key, uploads.isUnlimited() ? content : new ThrottledContent(key, content), condition);
    }

    private final class ThrottledContent implements ContentWriter {
        private final String key;
        private final ContentWriter content;

        ThrottledContent(String key, ContentWriter content) {
            this.key = key;
            this.content = content;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            RateShare share = new RateShare(uploads, "upload " + key);
            try {
                UploadOutput throttled = new UploadOutput(new ThrottledOutput(out, share), key);
                content.writeTo(throttled);
                throttled.finish();
            } finally {
                share.end();
            }
        }

        @Override
        public boolean isRepeatable() {
            return content.isRepeatable();
        }
    }
}
