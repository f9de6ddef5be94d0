package io.kvbackup.storage.fake;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Leads every request, and every page of a listing, through one method. */
abstract class InterceptingStorageClient extends ForwardingStorageClient {
    static final int PAGE = 1_000;

    private final StorageClient delegate;

    InterceptingStorageClient(StorageClient delegate) {
        super(delegate);
        this.delegate = delegate;
    }

    /** The store within: what is asked of it directly meets no interception. */
    final StorageClient delegate() {
        return delegate;
    }

    @FunctionalInterface
    interface Request<T> {
        T send() throws IOException;
    }

    /** Sends the request, or does something worse. */
    abstract <T> T intercept(StorageOperation operation, Request<T> request) throws IOException;

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return intercept(StorageOperation.STAT, () -> super.stat(key));
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) {
        return Pages.stream(PAGE, after, last -> intercept(StorageOperation.LIST, () -> page(prefix, last)));
    }

    final List<StorageObject> page(String prefix, String after) throws IOException {
        try (Stream<StorageObject> rest = super.list(prefix, after)) {
            return rest.limit(PAGE).toList();
        }
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return intercept(StorageOperation.DOWNLOAD, () -> super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        return intercept(StorageOperation.DOWNLOAD, () -> super.download(version, range));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return intercept(StorageOperation.UPLOAD, () -> super.upload(key, content, condition));
    }

    @Override
    public void copy(String from, String to) throws IOException {
        intercept(StorageOperation.COPY, () -> {
            super.copy(from, to);
            return true;
        });
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        intercept(StorageOperation.DELETE, () -> {
            deleteWithin(keys);
            return true;
        });
    }

    void deleteWithin(Collection<String> keys) throws IOException {
        super.delete(keys);
    }
}
