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
 * <p>It knows bytes and keys only, and nothing about backups. Keys are non-empty strings of at most 900 UTF-8 bytes,
 * relative to the place that the client was opened on, with {@code /} as a separator by convention. They are compared
 * by their UTF-8 bytes, and contain no NUL, no surrogate without its partner, and no empty, {@code .} or {@code ..}
 * segment; a client refuses any other key with {@link IllegalArgumentException}.
 *
 * <p>An object is seen whole or not at all, and a read that follows a write sees it. There are three kinds of failure:
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
     * {@link java.io.UncheckedIOException}. Objects that are written or deleted meanwhile may or may not show; every
     * other object shows exactly once. The caller closes the stream.
     *
     * @param prefix any string, not only whole segments; empty for all
     * @param after exclusive lower bound; empty for none
     */
    Stream<StorageObject> list(String prefix, String after) throws IOException;

    /**
     * Reads an object, or a part of it. The caller closes the stream; closing it early is cheap.
     *
     * <p>If the stream breaks off before the last byte of the range, it throws; it never pretends to be at the end. A
     * range that starts at or after the end of the object is empty.
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
     * left behind in the store. If the stream fails to take a byte, the upload fails, even if {@code content} swallows
     * the exception.
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
     * Deletes objects; ignores those that do not exist. When it throws, some may be deleted and others not; it is safe
     * to call it again.
     */
    void delete(Collection<String> keys) throws IOException;

    /**
     * Removes the remains of uploads whose process died: parts that belong to no object, temporary files. An older
     * upload that is still running may fail then. Does nothing if the store keeps no such remains, or does not show
     * them.
     *
     * @param prefix only remains of uploads to keys that start with it, if the remains tell their key; empty for all
     * @param startedBefore by the store's clock; younger remains stay
     */
    default void deleteStaleUploads(String prefix, Instant startedBefore) throws IOException {}

    /** What is known about a store's conditional uploads. */
    enum Conditions {
        /** The store itself decides them, as the contract demands. */
        KEPT,
        /** It depends on what answers at the other end. */
        UNKNOWN,
        /** The store ignores them: only one writer may use it. */
        IGNORED
    }

    /** What this client knows of itself and its store; {@link StorageTraits#DEFAULTS} unless overridden. */
    default StorageTraits traits() {
        return StorageTraits.DEFAULTS;
    }

    /**
     * The folder of this machine that holds all objects, so that a manager can refuse a store that overlaps with a live
     * database. Empty unless overridden, for a store that lies elsewhere.
     */
    default Optional<Path> folder() {
        return Optional.empty();
    }

    /** Releases connections and threads that the client itself made. Later calls throw {@link IOException}. */
    @Override
    void close() throws IOException;
}
