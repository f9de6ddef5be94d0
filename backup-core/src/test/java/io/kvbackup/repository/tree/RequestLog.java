package io.kvbackup.repository.tree;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Takes down what is asked of a store, and how many bytes are read from it. */
public final class RequestLog extends ForwardingStorageClient {
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong bytes = new AtomicLong();

    public RequestLog(StorageClient delegate) {
        super(delegate);
    }

    public List<String> requests() {
        return List.copyOf(requests);
    }

    public long bytes() {
        return bytes.get();
    }

    public void reset() {
        requests.clear();
        bytes.set(0);
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        requests.add("stat " + key);
        return super.stat(key);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        requests.add("list " + prefix);
        return super.list(prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        requests.add("get " + key + " " + range.offset() + "+" + range.length());
        return counted(super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        requests.add("get " + version.key());
        return counted(super.download(version, range));
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int read = super.read();
                bytes.addAndGet(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int read = super.read(to, offset, length);
                bytes.addAndGet(Math.max(0, read));
                return read;
            }

            @Override
            public long skip(long count) throws IOException {
                long skipped = super.skip(count);
                bytes.addAndGet(skipped);
                return skipped;
            }
        };
    }
}
