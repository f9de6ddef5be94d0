package io.kvbackup.storage;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A flat store of named byte sequences: a bucket, a folder, a map.
 *
 * <p>Knows bytes and keys only; everything about backups is written once, on top. Keys are non-empty strings of at most
 * 900 UTF-8 bytes, relative to the place that the client was opened on, with {@code /} as a separator by convention.
 * They are compared by their UTF-8 bytes, and contain no NUL, no surrogate without its partner, and no empty, {@code .}
 * or {@code ..} segment; a client refuses any other key with {@link IllegalArgumentException}.
 *
 * <p>An object is seen whole or not at all, and a read that follows a write sees it. Three failures are told apart:
 * {@link NoSuchFileException} for a missing key, {@link PreconditionFailedException} for a condition that does not
 * hold, and any other {@link IOException}, whose message says operation, place, key and what to do. An interrupted
 * thread gets a {@link java.io.InterruptedIOException} with its interrupt flag still set.
 *
 * <p>Implementations are safe for use by several threads. Run {@code StorageClientContract} from the test jar against
 * your own.
 */
public interface StorageClient extends Closeable {
    /** Opens the store that a URI names, with the provider for its scheme. */
    static StorageClient open(StorageUri uri) throws IOException {
        return StorageProviders.open(uri);
    }

    /** What is known of an object without reading it, or empty if there is none. */
    Optional<StorageObject> stat(String key) throws IOException;

    /** All objects whose key starts with {@code prefix}; see {@link #list(String, String)}. */
    default Stream<StorageObject> list(String prefix) throws IOException {
        return list(prefix, "");
    }

    /**
     * The objects whose key starts with {@code prefix} and is greater than {@code after}, in key order.
     *
     * <p>Lazy: pages are fetched while the stream is read, and a failure then is an
     * {@link java.io.UncheckedIOException}. Objects written or deleted meanwhile may or may not show; all others show
     * exactly once. The caller closes the stream.
     *
     * @param prefix any string, not only whole segments; empty for all
     * @param after exclusive lower bound; empty for none
     */
    Stream<StorageObject> list(String prefix, String after) throws IOException;

    /**
     * Reads an object, or a part of it. The caller closes the stream; closing it early is cheap.
     *
     * <p>A stream that ends before the last byte of the range was delivered throws rather than pretending to be at the
     * end. A range that starts at or after the end of the object is empty.
     *
     * @throws NoSuchFileException if there is no such object
     */
    InputStream download(String key, ByteRange range) throws IOException;

    /**
     * Reads a certain version of an object, as {@link #download(String, ByteRange)} does.
     *
     * @throws PreconditionFailedException if the object has been replaced since {@code version} was obtained
     * @throws NoSuchFileException if the object is gone
     */
    InputStream download(StorageObject version, ByteRange range) throws IOException;

    /**
     * Writes an object of any length, known or not, in bounded memory.
     *
     * <p>{@code content} is called once, on the calling thread. When it returns the object is made visible, in one step
     * and durably. When it throws, or the upload fails, there is no object (or the old one, unchanged) and nothing is
     * left behind in the store. A failure to take a byte fails the upload even if {@code content} swallows the
     * exception.
     *
     * @throws PreconditionFailedException if {@code condition} does not hold; at the latest when the object would
     *     become visible
     */
    StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException;

    /**
     * Copies an object inside the store, replacing {@code to} if it exists.
     *
     * @throws NoSuchFileException if {@code from} does not exist
     */
    void copy(String from, String to) throws IOException;

    /**
     * Deletes objects; those that do not exist are passed over. When it throws, some may be deleted and others not:
     * calling again is safe.
     */
    void delete(Collection<String> keys) throws IOException;

    /**
     * Removes what is left of uploads whose process died before they came to an end: parts that no object is made of,
     * temporary files. An upload that goes on in spite of its age may fail then. Does nothing where a store keeps no
     * such things, or does not show them.
     *
     * @param prefix those to keys that start with it, where the remains tell their key; empty for all
     * @param startedBefore by the store's clock; younger ones stay
     */
    default void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {}

    /**
     * Whether failed requests are repeated in here already, as many vendors' clients do. A decorator then repeats no
     * request on top of that, but may still resume a broken download.
     */
    default boolean retriesItself() {
        return false;
    }

    /** What is known of a store's conditional uploads. */
    enum Conditions {
        /** They are decided by the store itself, as the contract wants it. */
        KEPT,
        /** It depends on what answers at the other end. */
        UNKNOWN,
        /** They are not: the store must not be used by more than one writer. */
        IGNORED
    }

    /**
     * Whether conditional uploads can be relied upon. A manager tries those of a store of which that is not known, and
     * refuses a store that does not keep them unless the host declares itself the only writer.
     */
    default Conditions conditions() {
        return Conditions.KEPT;
    }

    /**
     * Whether the times of all objects come from one clock, which is the store's and not its writers'. False unless
     * overridden, which is always safe: a backup then asks once more, at its end, whether a prune by a wrong clock has
     * taken its archive, and a prune removes nothing as long as clocks contradict each other.
     */
    default boolean hasOwnClock() {
        return false;
    }

    /**
     * Up to how many bytes of content an upload is one request, 5 MiB unless overridden. Larger content goes up in
     * parts or chunks, and some servers forget about the condition then; so they are tried with content that is larger
     * than this.
     */
    default long partSize() {
        return 5 << 20;
    }

    /**
     * The folder in the file systems of this machine in which all objects lie, so that a manager can refuse one that is
     * in the way of a live database; empty, unless overridden, for a store that is elsewhere.
     */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Releases connections and threads that the client itself made. Later calls throw {@link IOException}. */
    @Override
    void close() throws IOException;
}
