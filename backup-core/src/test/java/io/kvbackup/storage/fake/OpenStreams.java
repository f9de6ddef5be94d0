package io.kvbackup.storage.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Counts the downloads and listings that are open. Safe for use by several threads. */
public final class OpenStreams extends ForwardingStorageClient {
    private final AtomicInteger open = new AtomicInteger();

    public OpenStreams(StorageClient delegate) {
        super(delegate);
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
        open.incrementAndGet();
        AtomicBoolean closed = new AtomicBoolean();
        return new FilterInputStream(in) {
            @Override
            public void close() throws IOException {
                if (!closed.getAndSet(true)) {
                    open.decrementAndGet();
                }
                super.close();
            }
        };
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        Stream<StorageObject> objects = super.list(prefix, after);
        open.incrementAndGet();
        return objects.onClose(open::decrementAndGet);
    }

    /** Fails unless all are closed within some seconds: they may be closed by other threads, so not at once. */
    public void assertNone() {
        await().pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(open).as("open streams").hasValue(0));
    }
}
