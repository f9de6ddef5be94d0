package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.objectstore.UploadTarget.Outcome;
import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What failures say about a write. */
class S3UploadTargetTest {
    private static final S3Client NONE = new S3Client() {
        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    };
    private static final S3Session SESSION =
            new S3Session(NONE, new S3Place("bucket", ""), S3Settings.DEFAULTS, Clock.systemUTC());

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, 1, REFUSED",
        "403, AccessDenied, 2, UNKNOWN",
        "403, AccessDenied, , UNKNOWN",
        "400, ExpiredToken, 1, REFUSED",
        "400, ExpiredToken, 2, UNKNOWN",
        "404, NoSuchBucket, 1, REFUSED",
        "404, NoSuchUpload, 1, UNKNOWN",
        "400, RequestTimeout, 1, UNKNOWN",
        "408, '', 1, UNKNOWN",
        "429, SlowDown, 1, UNKNOWN",
        "503, SlowDown, 1, UNKNOWN",
        "412, PreconditionFailed, 1, CONDITION_LOST",
        "412, PreconditionFailed, 2, CONDITION_LOST",
        "409, OperationAborted, 2, CONDITION_LOST",
    })
    void onlyASoleAttemptCanBeRefused(int status, String code, Integer attempts, Outcome outcome) {
        Exception answer = S3Exception.builder()
                .statusCode(status)
                .numAttempts(attempts)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();
        assertThat(new S3UploadTarget(SESSION, "key").outcome(answer)).isEqualTo(outcome);
    }
}
