package io.kvbackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Counts the downloads and listings that are open. */
final class OpenStreams extends ForwardingStorageClient {
    private final AtomicInteger open = new AtomicInteger();

    OpenStreams(StorageClient delegate) {
        super(delegate);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        InputStream in = super.download(version, range);
        open.incrementAndGet();
        return new FilterInputStream(in) {
            @Override
            public void close() throws IOException {
                open.decrementAndGet();
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

    /** Streams are closed by other threads, so not at once. */
    void assertNone() {
        await().untilAsserted(() -> assertThat(open).as("open streams").hasValue(0));
    }
}
