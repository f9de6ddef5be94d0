package io.kvbackup.storage;

import io.kvbackup.pipeline.ClientGate;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A part of a store, used as a store of its own: the objects whose keys start with a prefix, under the rest of their
 * keys. Several parts, and users of the whole store, may share one client; the store then copies backups between them,
 * without sending them through this process.
 *
 * <p>Safe for use by several threads. Closing ends this client alone; the owner of the store closes the store.
 */
public final class PrefixedStorageClient extends ForwardingStorageClient {
    private final StorageClient store;
    private final String prefix;
    private final ClientGate gate;

    /**
     * @param prefix such as {@code tenants/42/}; ends with {@code /}
     * @throws IllegalArgumentException if no key can start with it
     */
    public PrefixedStorageClient(StorageClient store, String prefix) {
        super(store);
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("prefix '" + prefix + "' does not end with '/'; add it");
        }
        StorageKey.require(prefix + "x");
        this.store = store;
        this.prefix = prefix;
        this.gate = new ClientGate(store + " below " + prefix);
    }

    /** The store of which this is a part; itself not a part of another. */
    public StorageClient whole() {
        return store instanceof PrefixedStorageClient part ? part.whole() : store;
    }

    /** The key, in the {@linkplain #whole() whole} store, of the object that has {@code key} here. */
    public String keyInWhole(String key) {
        return store instanceof PrefixedStorageClient part ? part.keyInWhole(below(key)) : below(key);
    }

    private String below(String key) {
        return prefix + StorageKey.require(key);
    }

    private String enter(String operation, String key) throws IOException {
        gate.enter(operation + " " + key);
        return below(key);
    }

    private StorageObject relative(StorageObject object) {
        return new StorageObject(
                object.key().substring(prefix.length()), object.size(), object.lastModified(), object.etag());
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        return super.stat(enter("stat", key)).map(this::relative);
    }

    @Override
    public Stream<StorageObject> list(String start, String after) throws IOException {
        gate.enter("list '" + start + "'");
        return super.list(prefix + start, after.isEmpty() ? "" : prefix + after).map(this::relative);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        return super.download(enter("download", key), range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        String key = enter("download", version.key());
        return super.download(new StorageObject(key, version.size(), version.lastModified(), version.etag()), range);
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return relative(super.upload(enter("upload", key), content, condition));
    }

    @Override
    public void copy(String from, String to) throws IOException {
        super.copy(enter("copy", from), below(to));
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        gate.enter("delete");
        super.delete(keys.stream().map(this::below).toList());
    }

    @Override
    public void deleteStaleUploads(String start, Instant startedBefore) throws IOException {
        gate.enter("abandon uploads");
        super.deleteStaleUploads(prefix + start, startedBefore);
    }

    @Override
    public void close() {
        gate.close();
    }

    @Override
    public String toString() {
        return gate.place();
    }
}
