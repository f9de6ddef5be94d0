package io.kvbackup.storage.check;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Stores that are wrong in one way each. */
final class BrokenStores {
    private BrokenStores() {}

    /** Shows what has arrived of an upload, and tidies up if it fails. */
    static StorageClient showingEarly(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                Optional<byte[]> old = old(key);
                ContentWriter showing = out -> content.writeTo(new FilterOutputStream(out) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                        store.upload(key, ContentWriter.of(new byte[] {0}), PutCondition.none());
                    }
                });
                try {
                    return condition instanceof PutCondition.None
                            ? super.upload(key, showing, condition)
                            : super.upload(key, content, condition);
                } catch (IOException e) {
                    if (condition instanceof PutCondition.None) {
                        restore(key, old);
                    }
                    throw e;
                }
            }

            private Optional<byte[]> old(String key) throws IOException {
                if (stat(key).isEmpty()) {
                    return Optional.empty();
                }
                try (InputStream in = download(key, ByteRange.all())) {
                    return Optional.of(in.readAllBytes());
                }
            }

            private void restore(String key, Optional<byte[]> old) throws IOException {
                store.delete(java.util.List.of(key));
                if (old.isPresent()) {
                    store.upload(key, ContentWriter.of(old.get()), PutCondition.none());
                }
            }
        };
    }

    /** Keeps what had arrived when the content failed. */
    static StorageClient keepingRemains(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                ByteArrayOutputStream arrived = new ByteArrayOutputStream();
                try {
                    content.writeTo(arrived);
                } catch (IOException e) {
                    super.upload(key, ContentWriter.of(arrived.toByteArray()), condition);
                    throw e;
                }
                return super.upload(key, ContentWriter.of(arrived.toByteArray()), condition);
            }
        };
    }

    /** Says that all went well when the content failed. */
    static StorageClient hidingFailures(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                ContentWriter hiding = out -> {
                    try {
                        content.writeTo(out);
                    } catch (IOException e) {
                        out.flush();
                    }
                };
                return super.upload(key, hiding, condition);
            }
        };
    }

    /** Lists backwards. */
    static StorageClient listingBackwards(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                return super.list(prefix, after).sorted((a, b) -> StorageKey.ORDER.compare(b.key(), a.key()));
            }
        };
    }

    /** Lists no more than a page. */
    static StorageClient listingOnePage(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                return super.list(prefix, after).limit(1_000);
            }
        };
    }

    /** Always sends whole objects. */
    static StorageClient ignoringRanges(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public InputStream download(String key, ByteRange range) throws IOException {
                return super.download(key, ByteRange.all());
            }

            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                return super.download(version, ByteRange.all());
            }
        };
    }

    /** Sends whatever version there is. */
    static StorageClient ignoringVersions(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public InputStream download(StorageObject version, ByteRange range) throws IOException {
                return super.download(version.key(), range);
            }
        };
    }

    /** Gives the second page before the first. */
    static StorageClient swappingPages(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                try (Stream<StorageObject> objects = super.list(prefix, after)) {
                    List<StorageObject> all = objects.toList();
                    int first = Math.min(1_000, all.size());
                    return Stream.concat(all.subList(first, all.size()).stream(), all.subList(0, first).stream());
                }
            }
        };
    }

    /** Cannot delete what is not there. */
    static StorageClient missingTheDeleted(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                for (String key : keys) {
                    if (stat(key).isEmpty()) {
                        throw new IOException("404 Not Found: " + key);
                    }
                    super.delete(java.util.List.of(key));
                }
            }
        };
    }

    /** Deletes nothing of a request that names one of these objects, which it keeps. */
    static StorageClient keeping(String part, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public void delete(Collection<String> keys) throws IOException {
                if (keys.stream().anyMatch(key -> key.contains(part))) {
                    throw new IOException("403 Forbidden");
                }
                super.delete(keys);
            }
        };
    }

    /** Keeps objects in files, as MinIO and VersityGW do: none lies below another, and names end at 255 bytes. */
    static StorageClient onFileSystem(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                requireShortNames(key);
                return super.stat(key);
            }

            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                requireShortNames(key);
                for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
                    if (super.stat(key.substring(0, slash)).isPresent()) {
                        throw new IOException("500 InternalError: " + key + " lies below an object");
                    }
                }
                try (Stream<StorageObject> below = super.list(key + "/", "")) {
                    if (below.findAny().isPresent()) {
                        throw new IOException("500 InternalError: " + key + " is a folder");
                    }
                }
                return super.upload(key, content, condition);
            }

            @Override
            public void delete(Collection<String> keys) throws IOException {
                for (String key : keys) {
                    requireShortNames(key);
                }
                super.delete(keys);
            }

            private void requireShortNames(String key) throws IOException {
                for (String segment : key.split("/", -1)) {
                    if (segment.getBytes(StandardCharsets.UTF_8).length > 255) {
                        throw new IOException("400 Bad Request: KeyTooLongError");
                    }
                }
            }
        };
    }

    /** The first read after an object was replaced gives its old content. */
    static StorageClient readingStale(StorageClient store) {
        Map<String, byte[]> last = new ConcurrentHashMap<>();
        Map<String, byte[]> stale = new ConcurrentHashMap<>();
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                try (InputStream in = super.download(key, ByteRange.all())) {
                    byte[] old = last.put(key, in.readAllBytes());
                    if (old != null) {
                        stale.put(key, old);
                    }
                }
                return written;
            }

            @Override
            public InputStream download(String key, ByteRange range) throws IOException {
                byte[] old = stale.remove(key);
                return old == null ? super.download(key, range) : new ByteArrayInputStream(old);
            }
        };
    }

    /** A listing does not know of the newest object. */
    static StorageClient listingStale(StorageClient store) {
        String[] newest = {""};
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                newest[0] = key;
                return written;
            }

            @Override
            public Stream<StorageObject> list(String prefix, String after) throws IOException {
                String hidden = newest[0];
                newest[0] = "";
                return super.list(prefix, after).filter(object -> !object.key().equals(hidden));
            }
        };
    }

    /** Has another idea of the time. */
    static StorageClient skewed(Duration by, StorageClient store) {
        return new ForwardingStorageClient(store) {
            private StorageObject skewed(StorageObject object) {
                return new StorageObject(
                        object.key(), object.size(), object.lastModified().plus(by), object.etag());
            }

            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                return super.stat(key).map(this::skewed);
            }
        };
    }

    /** Does not keep objects without content. */
    static StorageClient droppingEmptyObjects(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                StorageObject written = super.upload(key, content, condition);
                if (written.size() == 0) {
                    super.delete(java.util.List.of(key));
                }
                return written;
            }
        };
    }

    /** Takes what the client sends around the content for content, and says nothing. */
    static StorageClient keepingFrames(StorageClient store) {
        byte[] frame = {'\r', '\n', '0', '\r', '\n'};
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                ContentWriter framed = out -> {
                    content.writeTo(out);
                    out.write(frame);
                };
                StorageObject kept = super.upload(key, framed, condition);
                return new StorageObject(key, kept.size() - frame.length, kept.lastModified(), kept.etag());
            }
        };
    }

    /** Changes a byte far behind. */
    static StorageClient damagingLargeObjects(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                return super.upload(key, out -> content.writeTo(new Damaging(out)), condition);
            }
        };
    }

    private static final class Damaging extends FilterOutputStream {
        private static final long FAR = 20 << 20;
        private long count;

        Damaging(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
            if (count < FAR && count + length >= FAR) {
                copy[0] ^= 1;
            }
            count += length;
            out.write(copy);
        }
    }

    /** Has no keys with this in them. */
    static StorageClient refusingKeys(String part, StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (key.contains(part)) {
                    throw new IllegalArgumentException("no such key: " + key);
                }
                return super.upload(key, content, condition);
            }

            @Override
            public Optional<StorageObject> stat(String key) throws IOException {
                if (key.contains(part)) {
                    throw new IllegalArgumentException("no such key: " + key);
                }
                return super.stat(key);
            }
        };
    }

    /** Cannot copy. */
    static StorageClient refusingCopies(StorageClient store) {
        return new ForwardingStorageClient(store) {
            @Override
            public void copy(String from, String to) throws IOException {
                throw new IOException("501 Not Implemented");
            }
        };
    }
}
