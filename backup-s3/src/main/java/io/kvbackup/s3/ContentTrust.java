package io.kvbackup.s3;

import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Whether a store keeps what it is sent. One that does not understand how the SDK sends checksums may keep them as a
 * part of the content, and say that all went well: so the first object is looked at, unless the store has confirmed its
 * checksum. Safe for use by several threads.
 *
 * <p>An object that is not what was sent is deleted, unless it has been replaced since. Few stores can delete one
 * version and no other, so a moment remains: what somebody writes between the last look and the deletion is deleted in
 * its place.
 */
final class ContentTrust {
    private static final Logger LOG = LoggerFactory.getLogger(ContentTrust.class);
    private static final int NOT_FOUND = 404;

    private volatile boolean earned;

    /** The store has answered with the checksum of what it was sent. */
    void confirmed() {
        earned = true;
    }

    /**
     * To be called after an upload that went well.
     *
     * @param uploaded its size is what was sent
     * @throws IOException if the store has kept something else; it is deleted
     */
    void require(S3Session session, StorageObject uploaded, PutCondition condition) throws IOException {
        if (earned) {
            return;
        }
        Optional<StorageObject> kept;
        try {
            kept = look(session, uploaded.key());
        } catch (RuntimeException e) {
            // Nobody loses an upload because it could not be looked at: the next one will be.
            LOG.debug("could not look at the new object {}", session.place().describe(uploaded.key()), e);
            return;
        }
        if (kept.isPresent() && S3Etags.same(kept.get().etag(), uploaded.etag())) {
            requireWhole(session, kept.get(), uploaded.size(), condition);
        }
    }

    /**
     * To be called with an object that is known to be of an upload of {@code sent} bytes.
     *
     * @throws IOException if it is not what was sent; it is deleted
     */
    void requireWhole(S3Session session, StorageObject kept, long sent, PutCondition condition) throws IOException {
        if (kept.size() != sent) {
            throw spoiled(session, kept, sent, condition);
        }
        earned = true;
    }

    private static IOException spoiled(S3Session session, StorageObject kept, long sent, PutCondition condition) {
        String what = "cannot upload " + session.place().describe(kept.key()) + ": the store was sent " + bytes(sent)
                + " and keeps " + bytes(kept.size());
        String advice = advice(session.settings(), kept.size() < sent);
        // Nothing is sent from an interrupted thread.
        boolean interrupted = Thread.interrupted();
        try {
            return new IOException(what + remove(session, kept, condition) + ". " + advice);
        } catch (IOException | RuntimeException e) {
            IOException failure = new IOException(what + "; that could not be deleted, look at it. " + advice);
            failure.addSuppressed(e);
            return failure;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns what messages say about it. */
    private static String remove(S3Session session, StorageObject spoiled, PutCondition condition) throws IOException {
        Optional<StorageObject> there = look(session, spoiled.key());
        if (there.isEmpty() || !S3Etags.same(there.get().etag(), spoiled.etag())) {
            return "; it has been deleted or replaced since";
        }
        new S3Deletion(session).delete(List.of(spoiled.key()));
        return "; that was deleted"
                + (condition instanceof PutCondition.IfMatch ? ", and what it has replaced is lost" : "");
    }

    private static Optional<StorageObject> look(S3Session session, String key) throws SdkException {
        try {
            return Optional.of(S3Session.object(key, session.head(key, null)));
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String bytes(long count) {
        return count == 1 ? "1 byte" : count + " bytes";
    }

    private static String advice(S3Settings settings, boolean truncated) {
        if (truncated) {
            return "It, or a proxy before it, loses content: try again, and verify what it keeps";
        }
        return settings.compatibility()
                ? "If the S3Client is your own, switch chunked encoding off in it, and checksums to WHEN_REQUIRED"
                : "It seems not to know how checksums are sent: set option compatibility=true";
    }
}
