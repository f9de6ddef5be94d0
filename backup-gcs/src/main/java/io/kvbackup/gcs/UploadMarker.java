package io.kvbackup.gcs;

import com.google.cloud.storage.BlobId;
import com.google.cloud.storage.StorageException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A random id in an object's metadata that tells which upload wrote it.
 *
 * <p>When the reply to a write is lost the write is sent again, and a condition that held the first time no longer does:
 * the store says that somebody else has written, but it was us.
 */
record UploadMarker(String id) {
    private static final Logger LOG = LoggerFactory.getLogger(UploadMarker.class);
    private static final String NAME = "kvbackup-upload";

    Map<String, String> metadata() {
        return Map.of(NAME, id);
    }

    /**
     * The object that this upload has written, although {@code e} came back; or empty if it has written none, or nobody can
     * say.
     *
     * @throws IOException if nobody can say and {@code e} is a lost condition: it may have been lost to ourselves
     */
    Optional<StorageObject> recognise(GcsSession session, String key, Exception e) throws IOException {
        if (isFinal(e)) {
            return Optional.empty();
        }
        // The library sends nothing from an interrupted thread, and the caller has to know what became of the write.
        boolean interrupted = GcsFailures.isInterrupt(e);
        Thread.interrupted();
        try {
            Optional<StorageObject> ours = find(session, key);
            if (ours.isPresent()) {
                LOG.info(
                        "{} was written although its reply was: {}",
                        session.place().describe(key),
                        e.getMessage());
            }
            return ours;
        } catch (IOException | RuntimeException unknown) {
            e.addSuppressed(unknown);
            if (isLostCondition(e)) {
                throw new IOException(
                        "cannot upload " + session.place().describe(key)
                                + ": it exists or has changed, maybe by this very upload, but the store could not be"
                                + " asked whose it is; look at the object, and try again: " + unknown.getMessage(),
                        e);
            }
            return Optional.empty();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The object of that name, if it is this upload that wrote it. */
    Optional<StorageObject> find(GcsSession session, String key) throws IOException {
        return session.find(key).filter(this::isOn).map(found -> GcsSession.object(key, found));
    }

    /**
     * Removes what this upload has written; whether there was something.
     *
     * @param generation of it; null to look what it is
     */
    boolean remove(GcsSession session, String key, @Nullable Long generation) throws IOException {
        Long ours = generation;
        if (ours == null) {
            ours = session.translating("upload", key, () -> find(session, key))
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

    private boolean isOn(com.google.api.services.storage.model.StorageObject found) {
        return found.getMetadata() != null && id.equals(found.getMetadata().get(NAME));
    }

    private static boolean isLostCondition(Exception e) {
        return e instanceof StorageException answer && (answer.getCode() == 409 || answer.getCode() == 412);
    }

    /** Whether the store has said no for a reason that a previous attempt cannot have caused. */
    private static boolean isFinal(Exception e) {
        if (!(e instanceof StorageException answer) || Retries.isTransient(e)) {
            return false;
        }
        return answer.getCode() > 0 && answer.getCode() != 409 && answer.getCode() != 412;
    }
}
