package io.kvbackup;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how many uploads and downloads are open at once. Safe for use by several threads. */
final class StreamCount extends ForwardingStorageClient {
    private final AtomicInteger uploads = new AtomicInteger();
    private final AtomicInteger downloads = new AtomicInteger();
    private final AtomicInteger mostUploads = new AtomicInteger();
    private final AtomicInteger mostDownloads = new AtomicInteger();

    /** The highest numbers so far. */
    record Most(int uploads, int downloads) {}

    StreamCount(StorageClient store) {
        super(store);
    }

    Most most() {
        return new Most(mostUploads.get(), mostDownloads.get());
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        mostUploads.accumulateAndGet(uploads.incrementAndGet(), Math::max);
        try {
            return super.upload(key, content, condition);
        } finally {
            uploads.decrementAndGet();
        }
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return counted(super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return counted(super.download(version, range));
    }

    private InputStream counted(InputStream in) {
        mostDownloads.accumulateAndGet(downloads.incrementAndGet(), Math::max);
        return new FilterInputStream(in) {
            private boolean closed;

            @Override
            public void close() throws IOException {
                if (!closed) {
                    closed = true;
                    downloads.decrementAndGet();
                }
                super.close();
            }
        };
    }

    @Override
    public void close() {}
}
