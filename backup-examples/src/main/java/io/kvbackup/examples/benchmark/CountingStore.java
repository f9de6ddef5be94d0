package io.kvbackup.examples.benchmark;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Counts requests, and bytes in both directions. */
final class CountingStore extends ForwardingStorageClient {
    private final LongAdder requests = new LongAdder();
    private final LongAdder fetched = new LongAdder();
    private final LongAdder stored = new LongAdder();

    CountingStore(StorageClient delegate) {
        super(delegate);
    }

    /** It is asked without the requests that a retry needs, and has a clock as object stores do. */
    @Override
    public StorageTraits traits() {
        return super.traits().withRetriesItself(true).withOwnClock(true);
    }

    /**
     * What went to and came from the store.
     *
     * @param requests of all kinds; a listing counts as one
     * @param fetched bytes that were read
     * @param stored bytes of new objects
     */
    record Traffic(long requests, long fetched, long stored) {
        Traffic since(Traffic before) {
            return new Traffic(requests - before.requests, fetched - before.fetched, stored - before.stored);
        }
    }

    Traffic traffic() {
        return new Traffic(requests.sum(), fetched.sum(), stored.sum());
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        requests.increment();
        return super.stat(key);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        requests.increment();
        return super.list(prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        requests.increment();
        return counted(super.download(key, range));
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        requests.increment();
        return counted(super.download(version, range));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        requests.increment();
        StorageObject object = super.upload(key, content, condition);
        stored.add(object.size());
        return object;
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        requests.increment();
        super.delete(keys);
    }

    private InputStream counted(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                int one = super.read();
                fetched.add(one < 0 ? 0 : 1);
                return one;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int count = super.read(bytes, offset, length);
                fetched.add(Math.max(0, count));
                return count;
            }
        };
    }
}
