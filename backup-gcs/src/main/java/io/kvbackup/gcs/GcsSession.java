package io.kvbackup.gcs;

import com.google.cloud.storage.Blob;
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

/** What all operations of one client share: whom to ask, about which place, under which settings. */
record GcsSession(
        Storage storage,
        MediaRequests media,
        GcsPlace place,
        GcsSettings settings,
        Retries retries,
        AtomicBoolean closed) {
    private static final Storage.BlobGetOption[] FIELDS = {
        Storage.BlobGetOption.fields(
                Storage.BlobField.NAME,
                Storage.BlobField.SIZE,
                Storage.BlobField.GENERATION,
                Storage.BlobField.TIME_CREATED,
                Storage.BlobField.METADATA,
                Storage.BlobField.CONTENT_TYPE)
    };

    GcsSession(Storage storage, MediaRequests media, GcsPlace place, GcsSettings settings, Retries retries) {
        this(storage, media, place, settings, retries, new AtomicBoolean());
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

    /** Sends a request; what the library throws becomes an {@link IOException} of ours. */
    <T> T call(String operation, String key, Retries.Attempt<T> request) throws IOException {
        try {
            return request.run();
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

    /** Asks for an object's properties. */
    Optional<Blob> find(String key) {
        return Optional.ofNullable(storage.get(id(key), FIELDS));
    }

    static StorageObject object(String key, BlobInfo info) {
        OffsetDateTime created = info.getCreateTimeOffsetDateTime();
        return new StorageObject(
                key,
                info.getSize() == null ? 0 : info.getSize(),
                created == null ? Instant.EPOCH : created.toInstant(),
                Generations.etag(info.getGeneration()));
    }
}
