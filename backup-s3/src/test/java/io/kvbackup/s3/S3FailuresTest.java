package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3FailuresTest {
    private static final S3Place PLACE = new S3Place("bucket", "prefix");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "404 | NoSuchKey | NoSuchFileException | found no such object",
                "404 | '' | NoSuchFileException | found no such object",
                "404 | NoSuchBucket | IOException | bucket 'bucket' does not exist; create it",
                "404 | NoSuchUpload | IOException | lifecycle rule",
                "412 | PreconditionFailed | PreconditionFailedException | has changed, or exists already",
                "409 | ConditionalRequestConflict | IOException | another writer",
                "409 | OperationAborted | IOException | try again",
                "403 | AccessDenied | AccessDeniedException | check that the credentials may download",
                "403 | '' | AccessDeniedException | missing object is answered in the same way",
                "401 | '' | AccessDeniedException | check that the credentials",
                "403 | InvalidAccessKeyId | AccessDeniedException | check options accessKey, secretKey",
                "403 | SignatureDoesNotMatch | AccessDeniedException | check options accessKey, secretKey",
                "403 | RequestTimeTooSkewed | AccessDeniedException | clock",
                "400 | ExpiredToken | AccessDeniedException | check options accessKey, secretKey",
                "301 | PermanentRedirect | IOException | is in region eu-north-1; set option region",
                "400 | AuthorizationHeaderMalformed | IOException | set option region",
                "429 | SlowDown | IOException | overloaded or unavailable",
                "500 | InternalError | IOException | overloaded or unavailable",
                "503 | SlowDown | IOException | overloaded or unavailable",
                "501 | NotImplemented | IOException | compatibility=true",
                "400 | InvalidArgument | IOException | the store refused it",
            })
    void t24_everyAnswerHasItsException(int status, String code, String type, String hint) {
        IOException translated = translate(answer(status, code));
        assertThat(translated.getClass().getSimpleName()).isEqualTo(type);
        assertThat(translated)
                .hasMessageContaining("s3://bucket/prefix/some/key")
                .hasMessageContaining("download");
        assertThat(translated).hasMessageContaining(hint).hasCauseInstanceOf(S3Exception.class);
    }

    @Test
    void t24_timeoutsNameTheirOptions() {
        assertThat(translate(ApiCallTimeoutException.create(300)))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("callTimeout");
        assertThat(translate(ApiCallAttemptTimeoutException.create(300)))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("attemptTimeout");
        assertThat(translate(SdkClientException.create("broken", new SocketTimeoutException("Read timed out"))))
                .isExactlyInstanceOf(IOException.class)
                .hasMessageContaining("Read timed out");
    }

    @Test
    void t24_unreachableStoresNameTheEndpoint() {
        assertThat(translate(SdkClientException.create("broken", new UnknownHostException("nowhere.invalid"))))
                .hasMessageContaining("no host nowhere.invalid")
                .hasMessageContaining("endpoint");
        assertThat(translate(SdkClientException.create("Unable to load credentials from any provider")))
                .isInstanceOf(AccessDeniedException.class)
                .hasMessageContaining("accessKey and secretKey");
    }

    @Test
    void anInterruptRestoresTheFlag() {
        assertThat(translate(AbortedException.create("stopped"))).isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(translate(SdkClientException.create("stopped", new InterruptedException())))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(translate(answer(503, "SlowDown"))).isNotInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void threeKindsCanBeTold() {
        assertThat(translate(answer(404, "NoSuchKey"))).isInstanceOf(NoSuchFileException.class);
        assertThat(translate(answer(412, ""))).isInstanceOf(PreconditionFailedException.class);
    }

    private static IOException translate(RuntimeException e) {
        return S3Failures.translate("download", PLACE, "some/key", e);
    }

    private static RuntimeException answer(int status, String code) {
        return S3Exception.builder()
                .statusCode(status)
                .message("said so")
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage("said so")
                        .sdkHttpResponse(SdkHttpResponse.builder()
                                .putHeader("x-amz-bucket-region", "eu-north-1")
                                .build())
                        .build())
                .build();
    }
}
