package io.kvbackup.gcs;

import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Asks what is known of an object. */
final class GcsStat {
    private static final String OPERATION = "stat";
    static final int NOT_FOUND = 404;

    private final GcsSession session;
    private final AtomicBoolean bucketSeen = new AtomicBoolean();

    GcsStat(GcsSession session) {
        this.session = session;
    }

    Optional<StorageObject> stat(String key) throws IOException {
        Optional<StorageObject> object = session.translating(
                OPERATION, key, () -> session.find(key).map(found -> GcsSession.object(key, found)));
        if (object.isEmpty()) {
            requireBucket(OPERATION, key);
        }
        return object;
    }

    /**
     * Stores say of a missing bucket what they say of a missing object, in words of their own: a listing tells. Asks
     * only until it has been seen.
     */
    void requireBucket(String operation, String key) throws IOException {
        if (bucketSeen.get()) {
            return;
        }
        try {
            session.retries()
                    .call(() -> session.storage().list(session.place().bucket(), Storage.BlobListOption.pageSize(1)));
            bucketSeen.set(true);
        } catch (StorageException e) {
            if (e.getCode() == NOT_FOUND) {
                throw GcsFailures.noSuchBucket(operation, session.place(), key, e);
            }
            if (Retries.isTransient(e)) {
                throw session.translate(operation, key, e);
            }
            // Whoever may not list cannot tell.
        } catch (IOException | RuntimeException e) {
            throw session.translate(operation, key, e);
        }
    }
}
