package io.kvbackup.examples.objectstore;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.objectstore.Metadata.Entry;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * Buckets and objects. A content gets a file of its own, which is never changed: it is written and on disk before the
 * row that names it, and removed only when no row names it any more, and no backup runs. So every row has its file, in
 * every backup too. Safe for use by several threads.
 */
final class ObjectStore implements Closeable {
    /** What an object holds, open. */
    record Content(Entry entry, InputStream in) {}

    private final Path incoming;
    private final Path contents;
    private final Metadata metadata;
    private final Clock clock;

    /** Many requests change something at once; nobody does while a backup begins. */
    private final ReadWriteLock changes = new ReentrantReadWriteLock();

    private final AtomicLong changeCount = new AtomicLong();

    ObjectStore(Path data, Clock clock) throws IOException {
        this.clock = clock;
        incoming = Files.createDirectories(data.resolve("incoming"));
        contents = Files.createDirectories(contents(data));
        metadata = new Metadata(metadata(data));
        try (Stream<Path> left = Files.list(incoming)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
    }

    static Path metadata(Path data) {
        return data.resolve("metadata.db");
    }

    static Path contents(Path data) {
        return data.resolve("objects");
    }

    /** Held while a backup begins. */
    Lock barrier() {
        return changes.writeLock();
    }

    /** Grows with every change. */
    long changeCount() {
        return changeCount.get();
    }

    private interface Change<T> {
        T make() throws IOException;
    }

    private <T> T changing(Change<T> change) throws IOException {
        changes.readLock().lock();
        try {
            T made = change.make();
            changeCount.incrementAndGet();
            return made;
        } finally {
            changes.readLock().unlock();
        }
    }

    List<Map<String, String>> buckets() throws IOException {
        return metadata.buckets();
    }

    void createBucket(String bucket) throws IOException {
        if (!changing(() -> metadata.createBucket(bucket, clock.instant().toString()))) {
            throw new HttpError(409, "BUCKET_ALREADY_EXISTS", "Bucket '" + bucket + "' already exists");
        }
    }

    synchronized void deleteBucket(String bucket) throws IOException {
        requireBucket(bucket);
        if (!metadata.list(bucket, "", "", 1).isEmpty()) {
            throw new HttpError(409, "BUCKET_NOT_EMPTY", "Bucket '" + bucket + "' holds objects");
        }
        changing(() -> metadata.deleteBucket(bucket));
    }

    private void requireBucket(String bucket) throws IOException {
        if (!metadata.hasBucket(bucket)) {
            throw new HttpError(404, "BUCKET_NOT_FOUND", "Bucket '" + bucket + "' not found");
        }
    }

    List<Entry> list(String bucket, String prefix, String after, int most) throws IOException {
        requireBucket(bucket);
        return metadata.list(bucket, prefix, after, most);
    }

    /** Stores a content whole, or nothing of it. */
    Entry put(String bucket, String name, String type, InputStream in, long length) throws IOException {
        requireBucket(bucket);
        String file = UUID.randomUUID().toString();
        Path part = incoming.resolve(file);
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long size = write(part, in, digest);
            if (length >= 0 && size != length) {
                throw HttpError.invalid("The body ended after " + size + " of " + length + " bytes");
            }
            Entry entry = new Entry(
                    name,
                    size,
                    HexFormat.of().formatHex(digest.digest()),
                    type,
                    clock.instant().toString(),
                    file);
            keep(bucket, entry, part);
            return entry;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** A bucket is not removed meanwhile. */
    private synchronized void keep(String bucket, Entry entry, Path part) throws IOException {
        requireBucket(bucket);
        changing(() -> {
            Files.move(part, contents.resolve(entry.file()), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel folder = FileChannel.open(contents, READ)) {
                folder.force(true);
            }
            metadata.put(bucket, entry);
            return entry;
        });
    }

    private static long write(Path file, InputStream in, MessageDigest digest) throws IOException {
        long size = 0;
        byte[] buffer = new byte[1 << 16];
        try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                size += read;
            }
            channel.force(true);
        }
        return size;
    }

    /** To be closed by the caller. Tries again if the object is replaced just now. */
    Content get(String bucket, String name) throws IOException {
        requireBucket(bucket);
        for (int attempt = 1; ; attempt++) {
            Entry entry = find(bucket, name);
            try {
                return new Content(entry, Files.newInputStream(contents.resolve(entry.file())));
            } catch (NoSuchFileException e) {
                if (attempt == 3) {
                    throw new IOException("the content of " + bucket + "/" + name + " is missing", e);
                }
            }
        }
    }

    private Entry find(String bucket, String name) throws IOException {
        Optional<Entry> entry = metadata.find(bucket, name);
        return entry.orElseThrow(
                () -> new HttpError(404, "OBJECT_NOT_FOUND", "Bucket '" + bucket + "' has no object '" + name + "'"));
    }

    void delete(String bucket, String name) throws IOException {
        requireBucket(bucket);
        if (!changing(() -> metadata.delete(bucket, name))) {
            find(bucket, name);
        }
    }

    /** Removes the contents that no row names. Not while a backup runs. */
    void sweep() throws IOException {
        changes.writeLock().lock();
        try (Stream<Path> all = Files.list(contents)) {
            Set<String> needed = metadata.files();
            for (Path file : all.toList()) {
                if (!needed.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        } finally {
            changes.writeLock().unlock();
        }
    }

    @Override
    public void close() throws IOException {
        metadata.close();
    }
}
