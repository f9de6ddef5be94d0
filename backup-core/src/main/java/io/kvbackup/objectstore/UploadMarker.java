package io.kvbackup.objectstore;

import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
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
 * <p>When the reply to a write is lost the write is sent again, and a condition that held the first time no longer
 * does: the store says that somebody else has written, but it was us.
 */
public record UploadMarker(String id) {
    private static final Logger LOG = LoggerFactory.getLogger(UploadMarker.class);
    private static final String NAME = "kvbackup-upload";

    /** What the upload gives its object along. */
    public Map<String, String> metadata() {
        return Map.of(NAME, id);
    }

    /** Whether an object with that metadata was written by this upload. */
    public boolean isOn(@Nullable Map<String, String> metadata) {
        return metadata != null && id.equals(metadata.get(NAME));
    }

    /**
     * The object that this upload has written, although {@code e} came back; or empty if it has written none, or nobody
     * can say. Asks even on an interrupted thread.
     *
     * @throws PreconditionFailedException if {@code e} does not tell, but what is there does not fulfil the condition:
     *     a store may refuse an upload before it has read all of it, and close the connection, so that its answer is
     *     lost
     * @throws IOException if nobody can say and {@code e} is a lost condition: it may have been lost to ourselves
     */
    public Optional<StorageObject> recognise(Exception e, PutCondition condition, UploadTarget target)
            throws IOException {
        UploadTarget.Outcome outcome = target.outcome(e);
        if (outcome == UploadTarget.Outcome.REFUSED) {
            return Optional.empty();
        }
        // Nothing is sent from an interrupted thread, and the caller has to know what became of the write.
        boolean interrupted = target.isInterrupt(e);
        Thread.interrupted();
        try {
            Optional<UploadTarget.Found> found = target.look();
            if (found.isPresent() && isOn(found.get().metadata())) {
                LOG.info("{} was written although its reply was: {}", target.describe(), e.getMessage());
                return Optional.of(found.get().object());
            }
            if (outcome == UploadTarget.Outcome.UNKNOWN && isLost(condition, found.map(UploadTarget.Found::object))) {
                throw new PreconditionFailedException(
                        "cannot upload " + target.describe()
                                + ": it has changed, or exists already; the store's answer was: " + e.getMessage(),
                        e);
            }
            return Optional.empty();
        } catch (PreconditionFailedException lost) {
            throw lost;
        } catch (IOException | RuntimeException unknown) {
            e.addSuppressed(unknown);
            if (outcome == UploadTarget.Outcome.CONDITION_LOST) {
                throw new IOException(
                        "cannot upload " + target.describe()
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

    private static boolean isLost(PutCondition condition, Optional<StorageObject> found) {
        if (condition instanceof PutCondition.IfMatch match) {
            return found.filter(object -> bare(object.etag()).equals(bare(match.etag())))
                    .isEmpty();
        }
        return condition instanceof PutCondition.IfAbsent && found.isPresent();
    }

    /** Not every server puts quotes around it each time. */
    private static String bare(String etag) {
        return etag.replace("W/", "").replace("\"", "");
    }
}
