package io.kvbackup.storage;

import io.kvbackup.pipeline.ClientGate;
import io.kvbackup.pipeline.UploadOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Objects in the heap, for tests and trials. Nothing is durable, and an upload takes as much memory as its content.
 *
 * <p>Safe for use by several threads. Closing a client does not empty its store.
 */
public final class MemoryStorageClient implements StorageClient {
    private static final Map<String, MemoryStore> NAMED = new ConcurrentHashMap<>();

    private final MemoryStore store;
    private final ClientGate gate;

    private MemoryStorageClient(MemoryStore store, String place) {
        this.store = store;
        this.gate = new ClientGate(place);
    }

    /** A client for a new, empty store of its own. */
    public MemoryStorageClient() {
        this(Clock.systemUTC());
    }

    /** As {@link #MemoryStorageClient()}; {@code clock} gives {@link StorageObject#lastModified()}. */
    public MemoryStorageClient(Clock clock) {
        this(new MemoryStore(clock), "mem:");
    }

    /**
     * A client for the store of that name, which all clients of the same name in this JVM share, and which lives as
     * long as the JVM. This is what {@code mem:name} opens.
     */
    public static MemoryStorageClient named(String name) {
        return new MemoryStorageClient(
                NAMED.computeIfAbsent(name, ignored -> new MemoryStore(Clock.systemUTC())), "mem:" + name);
    }

    @Override
    public Optional<StorageObject> stat(String key) throws IOException {
        enter("stat", key);
        return store.find(key).map(MemoryStore.Version::object);
    }

    @Override
    public Stream<StorageObject> list(String prefix, String after) throws IOException {
        gate.enter("list objects that start with '" + prefix + "'");
        return store.list(prefix, after);
    }

    @Override
    public InputStream download(String key, ByteRange range) throws IOException {
        enter("download", key);
        return open(existing("download", key), range);
    }

    @Override
    public InputStream download(StorageObject version, ByteRange range) throws IOException {
        enter("download", version.key());
        MemoryStore.Version found = existing("download", version.key());
        if (!found.object().etag().equals(version.etag())) {
            throw new PreconditionFailedException(
                    this + ": " + version.key() + " was replaced while it was being read; read it again");
        }
        return open(found, range);
    }

    private static InputStream open(MemoryStore.Version found, ByteRange range) {
        byte[] content = found.content();
        int offset = (int) Math.min(range.offset(), content.length);
        return new ByteArrayInputStream(content, offset, (int) range.lengthWithin(content.length));
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        enter("upload", key);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        UploadOutput out = new UploadOutput(bytes, key);
        content.writeTo(out);
        out.finish();
        enter("upload", key);
        return store.put(key, bytes.toByteArray(), condition);
    }

    @Override
    public void copy(String from, String to) throws IOException {
        enter("copy", from);
        StorageKey.require(to);
        store.put(to, existing("copy", from).content(), PutCondition.none());
    }

    @Override
    public void delete(Collection<String> keys) throws IOException {
        gate.enter("delete");
        keys.forEach(StorageKey::require);
        keys.forEach(store::remove);
    }

    private void enter(String operation, String key) throws IOException {
        StorageKey.require(key);
        gate.enter(operation + " " + key);
    }

    private MemoryStore.Version existing(String operation, String key) throws NoSuchFileException {
        return store.find(key)
                .orElseThrow(() -> new NoSuchFileException(key, null, operation + ": no such object in " + this));
    }

    @Override
    public void close() {
        gate.close();
    }

    @Override
    public StorageTraits traits() {
        return StorageTraits.DEFAULTS.withOwnClock(true);
    }

    @Override
    public String toString() {
        return gate.place();
    }
}
