package io.kvbackup.s3;

import io.kvbackup.objectstore.UploadTarget;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** An object that an upload should have written. */
record S3UploadTarget(S3Session session, String key) implements UploadTarget {
    @Override
    public String describe() {
        return session.place().describe(key);
    }

    @Override
    public Optional<Found> look() {
        try {
            HeadObjectResponse head = session.head(key, null);
            return Optional.of(new Found(S3Session.object(key, head), head.metadata()));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Outcome outcome(Exception e) {
        if (!(e instanceof AwsServiceException service) || service.statusCode() >= 500) {
            return Outcome.UNKNOWN;
        }
        return switch (service.statusCode()) {
            case 404 -> S3Failures.code(service).equals("NoSuchUpload") ? Outcome.UNKNOWN : refusal(service);
            case 409 -> S3Failures.isConflict(service) ? Outcome.CONDITION_LOST : refusal(service);
            case 412 -> Outcome.CONDITION_LOST;
            case 200, 408, 429 -> Outcome.UNKNOWN;
            default -> refusal(service);
        };
    }

    /** The answer is to the last attempt, and says nothing about those before. */
    private static Outcome refusal(AwsServiceException e) {
        boolean sole = e.numAttempts() != null && e.numAttempts() == 1;
        return sole && !S3Failures.code(e).equals("RequestTimeout") ? Outcome.REFUSED : Outcome.UNKNOWN;
    }

    @Override
    public boolean isInterrupt(Exception e) {
        return S3Failures.isInterrupt(e);
    }
}
