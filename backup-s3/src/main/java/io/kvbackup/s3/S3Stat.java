package io.kvbackup.s3;

import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Asks what is known of an object. */
final class S3Stat {
    private static final String OPERATION = "stat";
    private static final int NOT_FOUND = 404;

    private final S3Session session;
    private final AtomicBoolean bucketSeen = new AtomicBoolean();

    S3Stat(S3Session session) {
        this.session = session;
    }

    Optional<StorageObject> stat(String key) throws IOException {
        try {
            return Optional.of(S3Session.object(key, session.head(key, null)));
        } catch (S3Exception e) {
            if (e.statusCode() != NOT_FOUND) {
                throw session.translate(OPERATION, key, e);
            }
            requireBucket(key);
            return Optional.empty();
        } catch (RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
    }

    /**
     * The answer to HEAD has no body, so it does not tell a missing object from a missing bucket: ask, but only once.
     */
    private void requireBucket(String key) throws IOException {
        if (bucketSeen.get()) {
            return;
        }
        try {
            session.s3()
                    .headBucket(request -> request.bucket(session.bucket()).overrideConfiguration(session.deadline(0)));
        } catch (S3Exception e) {
            if (e.statusCode() == NOT_FOUND) {
                throw S3Failures.noSuchBucket(OPERATION, session.place(), key, e);
            }
        } catch (RuntimeException e) {
            throw session.translate(OPERATION, key, e);
        }
        bucketSeen.set(true);
    }
}
