package io.kvbackup.s3;

import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Turns what the SDK throws into the failures that {@link io.kvbackup.storage.StorageClient} promises. */
final class S3Failures {
    private static final Set<String> WRONG_REGION = Set.of(
            "PermanentRedirect",
            "TemporaryRedirect",
            "AuthorizationHeaderMalformed",
            "IllegalLocationConstraintException");
    private static final Set<String> WRONG_CREDENTIALS = Set.of(
            "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken", "TokenRefreshRequired");
    private static final Set<String> NOT_SUPPORTED =
            Set.of("NotImplemented", "XAmzContentSHA256Mismatch", "MissingContentLength", "InvalidDigest", "BadDigest");

    private S3Failures() {}

    /** Does not throw; restores the interrupt flag if an interrupt is the cause. */
    static IOException translate(String operation, S3Place place, String key, RuntimeException e) {
        if (isInterrupt(e)) {
            Thread.currentThread().interrupt();
            return caused(new InterruptedIOException(operation + " of " + place.describe(key) + " was interrupted"), e);
        }
        if (e instanceof AwsServiceException service) {
            return refused(operation, place, key, service);
        }
        return failed(operation, place, key, e);
    }

    static boolean isInterrupt(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AbortedException || cause instanceof InterruptedException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private static IOException refused(String operation, S3Place place, String key, AwsServiceException e) {
        String code = code(e);
        String object = place.describe(key);
        if (code.equals("NoSuchBucket")) {
            return noSuchBucket(operation, place, key, e);
        }
        if (WRONG_REGION.contains(code) || e.statusCode() == 301 || e.statusCode() == 307) {
            return new IOException(
                    cannot(operation, object) + "bucket '" + place.bucket() + "' is in " + region(e)
                            + "; set option region to it" + answer(e),
                    e);
        }
        if (WRONG_CREDENTIALS.contains(code)) {
            return denied(operation, place, object, code, e);
        }
        return switch (e.statusCode()) {
            case 404 -> missing(operation, object, code, e);
            case 412 -> lost(operation, object, "it has changed, or exists already", e);
            case 409 ->
                new IOException(
                        cannot(operation, object) + "another writer was at work at the same time; try again"
                                + answer(e),
                        e);
            case 401, 403 -> denied(operation, place, object, code, e);
            case 429, 500, 502, 503, 504 ->
                new IOException(
                        cannot(operation, object) + "the store is overloaded or unavailable; try later" + answer(e), e);
            default -> new IOException(cannot(operation, object) + "the store refused it" + answer(e) + hint(code), e);
        };
    }

    static IOException noSuchBucket(String operation, S3Place place, String key, AwsServiceException e) {
        return new IOException(
                cannot(operation, place.describe(key)) + "bucket '" + place.bucket()
                        + "' does not exist; create it, or correct the storage URI or option endpoint",
                e);
    }

    private static IOException missing(String operation, String object, String code, AwsServiceException e) {
        if (code.equals("NoSuchUpload")) {
            return new IOException(
                    cannot(operation, object) + "the unfinished upload was removed by somebody else, maybe"
                            + " by a lifecycle rule of the bucket; try again",
                    e);
        }
        return caused(new NoSuchFileException(object, null, operation + " found no such object"), e);
    }

    private static IOException lost(String operation, String object, String why, AwsServiceException e) {
        return new PreconditionFailedException(cannot(operation, object) + why + answer(e), e);
    }

    private static IOException denied(
            String operation, S3Place place, String object, String code, AwsServiceException e) {
        String hint = "check that the credentials may " + operation + " objects of bucket '" + place.bucket()
                + "' (without the right to list it, a missing object is answered in the same way)";
        if (WRONG_CREDENTIALS.contains(code)) {
            hint =
                    "check options accessKey, secretKey and sessionToken, or where the SDK's default chain takes them from";
        } else if (code.equals("RequestTimeTooSkewed")) {
            hint = "check this machine's clock";
        }
        return caused(new AccessDeniedException(object, null, operation + " is not allowed; " + hint + answer(e)), e);
    }

    private static IOException failed(String operation, S3Place place, String key, RuntimeException e) {
        String start = cannot(operation, place.describe(key));
        if (isTimeout(e)) {
            return new IOException(
                    start + "the store did not answer in time; see options connectTimeout, attemptTimeout and"
                            + " callTimeout: " + root(e).getMessage(),
                    e);
        }
        String message = String.valueOf(e.getMessage());
        if (message.contains("Unable to load credentials")) {
            String why =
                    operation + " needs credentials; set options accessKey and secretKey, or provide them where the"
                            + " SDK's default chain looks";
            return caused(new AccessDeniedException(place.describe(key), null, why), e);
        }
        if (e instanceof IllegalStateException && message.contains("shut down")) {
            return new IOException(start + "the client is closed; open a new one", e);
        }
        return unreachable(start, message, root(e), e);
    }

    private static boolean isTimeout(RuntimeException e) {
        return e instanceof ApiCallTimeoutException
                || e instanceof ApiCallAttemptTimeoutException
                || root(e) instanceof SocketTimeoutException;
    }

    private static IOException unreachable(String start, String message, Throwable root, RuntimeException e) {
        String why = message + (root == e ? "" : " (" + root + ")") + "; check option endpoint and the network";
        if (root instanceof UnknownHostException) {
            why = "there is no host " + root.getMessage() + "; check options endpoint, region and pathStyle";
        } else if (root instanceof SSLException) {
            why = root.getMessage() + "; check http or https in option endpoint";
        }
        return new IOException(start + why, e);
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    static String code(AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    private static String region(AwsServiceException e) {
        return Optional.ofNullable(e.awsErrorDetails())
                .map(AwsErrorDetails::sdkHttpResponse)
                .flatMap(response -> response.firstMatchingHeader("x-amz-bucket-region"))
                .map(region -> "region " + region)
                .orElse("another region");
    }

    private static String hint(String code) {
        return NOT_SUPPORTED.contains(code) ? "; if the store is not AWS, set option compatibility=true" : "";
    }

    private static String answer(AwsServiceException e) {
        return " (answer: " + e.getMessage() + ")";
    }

    private static String cannot(String operation, String object) {
        return "cannot " + operation + " " + object + ": ";
    }

    private static <E extends IOException> E caused(E exception, @Nullable Throwable cause) {
        exception.initCause(cause);
        return exception;
    }
}
