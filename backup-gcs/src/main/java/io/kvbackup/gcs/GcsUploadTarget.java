package io.kvbackup.gcs;

import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.StorageException;
import io.kvbackup.objectstore.UploadMarker;
import io.kvbackup.objectstore.UploadTarget;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An object that an upload should have written. */
record GcsUploadTarget(GcsSession session, String key) implements UploadTarget {
    @Override
    public String describe() {
        return session.place().describe(key);
    }

    @Override
    public Optional<Found> look() throws IOException {
        return session.find(key).map(found -> new Found(GcsSession.object(key, found), found.getMetadata()));
    }

    /**
     * Removes what the upload has written; whether there was something.
     *
     * @param generation of it; null to look what it is
     */
    boolean remove(UploadMarker marker, @Nullable Long generation) throws IOException {
        Long ours = generation;
        if (ours == null) {
            ours = session.translating("upload", key, () -> find(marker))
                    .map(found -> Long.valueOf(found.etag()))
                    .orElse(null);
        }
        if (ours == null) {
            return false;
        }
        BlobId version = BlobId.of(session.place().bucket(), session.place().objectName(key), ours);
        session.call("upload", key, () -> session.storage().delete(version));
        return true;
    }

    @Override
    public Outcome outcome(Exception e) {
        if (!(e instanceof StorageException answer) || answer.getCode() <= 0) {
            return Outcome.UNKNOWN;
        }
        if (answer.getCode() == 409 || answer.getCode() == 412) {
            return Outcome.CONDITION_LOST;
        }
        // Suppressed is the attempt before, see Retries: that may have written.
        boolean single = e.getSuppressed().length == 0;
        return single && !Retries.isTransient(e) ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    @Override
    public boolean isInterrupt(Exception e) {
        return GcsFailures.isInterrupt(e);
    }
}
