package io.kvbackup.gcs;

import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What all operations of one client share: whom to ask, about which place, under which settings. */
record GcsSession(
        Storage storage, ApiRequests api, GcsPlace place, GcsSettings settings, Retries retries, AtomicBoolean closed) {
    GcsSession(Storage storage, ApiRequests api, GcsPlace place, GcsSettings settings, Retries retries) {
        this(storage, api, place, settings, retries, new AtomicBoolean());
    }

    /** What every operation asks first. */
    void enter(String operation) throws IOException {
        if (closed.get()) {
            throw new IOException("cannot " + operation + " in " + place + ": the client is closed; open a new one");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException(operation + " in " + place + " was interrupted");
        }
    }

    /**
     * Sends a request by the library, again as long as that may help; what is thrown is an {@link IOException} of ours.
     */
    <T> T call(String operation, String key, Retries.Attempt<T> request) throws IOException {
        return translating(operation, key, () -> retries.call(request));
    }

    /** What the library throws becomes an {@link IOException} of ours. */
    <T> T translating(String operation, String key, Retries.Attempt<T> requests) throws IOException {
        try {
            return requests.run();
        } catch (IOException | RuntimeException e) {
            throw translate(operation, key, e);
        }
    }

    IOException translate(String operation, String key, Exception e) {
        return GcsFailures.translate(operation, place, key, e);
    }

    BlobId id(String key) {
        return BlobId.of(place.bucket(), place.objectName(key));
    }

    /** Asks for an object's properties, again as long as that may help. */
    Optional<com.google.api.services.storage.model.StorageObject> find(String key) throws IOException {
        return retries.call(() -> api.find(key));
    }

    static StorageObject object(String key, com.google.api.services.storage.model.StorageObject found) {
        return object(
                key,
                found.getSize() == null ? null : found.getSize().longValue(),
                found.getTimeCreated() == null
                        ? Instant.EPOCH
                        : Instant.ofEpochMilli(found.getTimeCreated().getValue()),
                found.getGeneration());
    }

    static StorageObject object(String key, BlobInfo listed) {
        OffsetDateTime created = listed.getCreateTimeOffsetDateTime();
        return object(
                key, listed.getSize(), created == null ? Instant.EPOCH : created.toInstant(), listed.getGeneration());
    }

    private static StorageObject object(String key, @Nullable Long size, Instant created, @Nullable Long generation) {
        return new StorageObject(key, size == null ? 0 : size, created, Generations.etag(generation));
    }
}
