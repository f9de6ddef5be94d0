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
    private static final int NOT_FOUND = 404;

    private final GcsSession session;
    private final AtomicBoolean bucketSeen = new AtomicBoolean();

    GcsStat(GcsSession session) {
        this.session = session;
    }

    Optional<StorageObject> stat(String key) throws IOException {
        Optional<StorageObject> object =
                session.call(OPERATION, key, () -> session.find(key).map(blob -> GcsSession.object(key, blob)));
        if (object.isEmpty()) {
            requireBucket(OPERATION, key);
        }
        return object;
    }

    /** The library does not tell a missing object from a missing bucket: ask, but only once. */
    void requireBucket(String operation, String key) throws IOException {
        if (bucketSeen.get()) {
            return;
        }
        try {
            session.storage().list(session.place().bucket(), Storage.BlobListOption.pageSize(1));
        } catch (StorageException e) {
            if (e.getCode() == NOT_FOUND) {
                throw GcsFailures.noSuchBucket(operation, session.place(), key, e);
            }
        } catch (RuntimeException e) {
            throw session.translate(operation, key, e);
        }
        bucketSeen.set(true);
    }
}
