package io.kvbackup.s3;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * A random id in an object's metadata that tells which upload wrote it.
 *
 * <p>When the reply to a write is lost, the SDK sends the write again, and a condition that held the first time no longer
 * does: the store says that somebody else has written, but it was us.
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
    Optional<StorageObject> recognise(S3Session session, String key, RuntimeException e) throws IOException {
        if (isFinal(e)) {
            return Optional.empty();
        }
        // The SDK sends nothing from an interrupted thread, and the caller has to know what became of the write.
        boolean interrupted = S3Failures.isInterrupt(e);
        Thread.interrupted();
        try {
            HeadObjectResponse head = session.head(key, null);
            if (!id.equals(head.metadata().get(NAME))) {
                return Optional.empty();
            }
            LOG.info(
                    "{} was written although its reply was: {}", session.place().describe(key), e.getMessage());
            return Optional.of(S3Session.object(key, head));
        } catch (RuntimeException unknown) {
            e.addSuppressed(unknown);
            if (isLostCondition(e) && !isMissing(unknown)) {
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

    /** Then it is nobody's. */
    private static boolean isMissing(RuntimeException e) {
        return e instanceof AwsServiceException service && service.statusCode() == 404;
    }

    private static boolean isLostCondition(RuntimeException e) {
        return e instanceof AwsServiceException service && (service.statusCode() == 409 || service.statusCode() == 412);
    }

    /** Whether the store has said no for a reason that a previous attempt cannot have caused. */
    private static boolean isFinal(RuntimeException e) {
        if (!(e instanceof AwsServiceException service) || service.statusCode() >= 500) {
            return false;
        }
        return switch (service.statusCode()) {
            case 404 -> !S3Failures.code(service).equals("NoSuchUpload");
            case 200, 408, 409, 412 -> false;
            default -> true;
        };
    }
}
