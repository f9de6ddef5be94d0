package io.kvbackup.storage.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Counts the uploads, downloads and listings that are open. Safe for use by several threads. */
public final class OpenStreams extends ForwardingStorageClient {
    private final Count uploads = new Count();
    private final Count downloads = new Count();
    private final Count listings = new Count();

    public OpenStreams(StorageClient delegate) {
        super(delegate);
    }

    /** The highest numbers so far. */
    public record Most(int uploads, int downloads) {}

    public Most most() {
        return new Most(uploads.most.get(), downloads.most.get());
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        uploads.opened();
        try {
            return super.upload(key, content, condition);
        } finally {
            uploads.closed();
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
        downloads.opened();
        AtomicBoolean closed = new AtomicBoolean();
        return new FilterInputStream(in) {
            @Override
            public void close() throws IOException {
                if (!closed.getAndSet(true)) {
                    downloads.closed();
                }
                super.close();
            }
        };
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        Stream<StorageObject> objects = super.list(prefix, after);
        listings.opened();
        return objects.onClose(listings::closed);
    }

    /**
     * Fails unless all that can be read is closed within some seconds: it may be closed by other threads, so not at
     * once.
     */
    public void assertNone() {
        await().pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(downloads.open.get() + listings.open.get())
                        .as("open streams")
                        .isZero());
    }

    private static final class Count {
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        void opened() {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
        }

        void closed() {
            open.decrementAndGet();
        }
    }
}
