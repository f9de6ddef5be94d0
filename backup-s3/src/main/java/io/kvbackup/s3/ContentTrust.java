package io.kvbackup.s3;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a store keeps what it is sent. One that does not understand how the SDK sends checksums may keep them as a part of the
 * content, and say that all went well: so the first object is looked at, unless the store has confirmed its checksum. Safe for use by
 * several threads.
 */
final class ContentTrust {
    private static final Logger LOG = LoggerFactory.getLogger(ContentTrust.class);

    private volatile boolean earned;

    /** The store has answered with the checksum of what it was sent. */
    void confirmed() {
        earned = true;
    }

    /**
     * To be called after an upload of {@code sent} bytes.
     *
     * @throws IOException if the store has kept something else; it is deleted
     */
    void require(S3Session session, StorageObject uploaded, long sent) throws IOException {
        if (earned) {
            return;
        }
        Optional<StorageObject> kept = look(session, uploaded.key());
        if (kept.isEmpty() || !kept.get().etag().equals(uploaded.etag())) {
            return; // it has been replaced or deleted since
        }
        if (kept.get().size() == sent) {
            earned = true;
            return;
        }
        IOException failure = new IOException("cannot upload "
                + session.place().describe(uploaded.key()) + ": the store was sent " + sent
                + " bytes and keeps " + kept.get().size() + ". " + advice(session.settings()));
        try {
            new S3Deletion(session).delete(List.of(uploaded.key()));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    /** Nobody loses an upload because it could not be looked at: the next one will be. */
    private static Optional<StorageObject> look(S3Session session, String key) {
        try {
            return Optional.of(S3Session.object(key, session.head(key, null)));
        } catch (RuntimeException e) {
            LOG.debug("could not look at the new object {}", session.place().describe(key), e);
            return Optional.empty();
        }
    }

    private static String advice(S3Settings settings) {
        return settings.compatibility()
                ? "If the S3Client is your own, switch chunked encoding off in it, and checksums to WHEN_REQUIRED"
                : "It seems not to know how checksums are sent: set option compatibility=true";
    }
}
