package io.kvbackup.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Hands every call on to another client; the base of decorators, which override what they change. Closing closes the
 * other client.
 */
public abstract class ForwardingStorageClient implements StorageClient {
    private final StorageClient delegate;

    protected ForwardingStorageClient(StorageClient delegate) {
        this.delegate = Objects.requireNonNull(delegate, "delegate");
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return delegate.stat(key);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        return delegate.list(prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return delegate.download(key, range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return delegate.download(version, range);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return delegate.upload(key, content, condition);
    }

    @Override
    public void copy(String from, String to) throws IOException {
        delegate.copy(from, to);
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        delegate.delete(keys);
    }

    @Override
    public void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {
        delegate.deleteStaleUploads(prefix, startedBefore);
    }

    @Override
    public StorageTraits traits() {
        return delegate.traits();
    }

    @Override
    public Optional<Path> folder() {
        return delegate.folder();
    }

    @Override
    public void close() throws IOException {
        delegate.close();
    }

    @Override
    public String toString() {
        return delegate.toString();
    }
}
