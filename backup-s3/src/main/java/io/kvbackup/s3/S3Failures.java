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
import java.util.regex.Pattern;
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
    /** What S3 answers when two writes of one object meet, and asks to be tried again. */
    private static final Set<String> CONFLICTS = Set.of("OperationAborted", "ConditionalRequestConflict");
    /** Statuses of requests that a server cannot make sense of, and codes that have one of them for another reason. */
    private static final Set<Integer> NOT_UNDERSTOOD = Set.of(400, 405, 406, 411, 415, 501);

    private static final Pattern UNDERSTOOD = Pattern.compile(
            "KeyTooLong.*|Entity.*|InvalidBucketName|InvalidPart.*|InvalidStorageClass|InvalidTag|Kms.*|KMS.*|"
                    + "RequestTimeout");

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
        if (WebPages.isIn(e)) {
            return new IOException(cannot(operation, object) + WebPages.HINT + answer(e), e);
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
            case 409 -> isConflict(e) ? conflict(operation, object, e) : otherwise(operation, object, e);
            case 401, 403 -> denied(operation, place, object, code, e);
            case 429, 500, 502, 503, 504 ->
                new IOException(
                        cannot(operation, object) + "the store is overloaded or unavailable; try later" + answer(e), e);
            default -> otherwise(operation, object, e);
        };
    }

    /** Whether another write is why; the same status stands for much else, such as a bucket that keeps its objects. */
    static boolean isConflict(AwsServiceException e) {
        return e.statusCode() == 409 && (code(e).isEmpty() || CONFLICTS.contains(code(e)));
    }

    private static IOException conflict(String operation, String object, AwsServiceException e) {
        return new IOException(
                cannot(operation, object) + "another writer was at work at the same time; try again" + answer(e), e);
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
            hint = "check options accessKey, secretKey and sessionToken, or where the SDK's default chain takes "
                    + "them from";
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
        if (e instanceof WebPages.Found) {
            return new IOException(start + message, e);
        }
        Optional<String> unreadable = unreadable(operation, e);
        if (unreadable.isPresent()) {
            return new IOException(start + unreadable.get() + " (" + message + ": " + root(e).getMessage() + ")", e);
        }
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

    /** If the answer came, but made no sense: what to do about it. */
    private static Optional<String> unreadable(String operation, RuntimeException e) {
        Throwable root = root(e);
        boolean undecodable = root instanceof IllegalArgumentException
                || String.valueOf(root.getMessage()).contains("Illegal character");
        if (operation.equals("list") && undecodable) {
            return Optional.of(
                    "the names in the answer cannot be decoded: the server does not encode them as it was asked"
                            + " (encoding-type=url), and the name of an object or the prefix has a '%' or a "
                            + "character that XML cannot hold; look below this prefix for such a name and move the "
                            + "object, or choose another prefix");
        }
        return String.valueOf(e.getMessage()).contains("parse XML")
                ? Optional.of(
                        "the answer is not what S3 would say, maybe a web page; check option endpoint, and proxies")
                : Optional.empty();
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

    /** Servers have many words for what they do not know; AWS itself is asked in a way that it knows. */
    private static IOException otherwise(String operation, String object, AwsServiceException e) {
        boolean notUnderstood = NOT_UNDERSTOOD.contains(e.statusCode())
                && !UNDERSTOOD.matcher(code(e)).matches()
                && (sendsContent(operation) || e.statusCode() == 501);
        return new IOException(
                cannot(operation, object) + "the store refused it" + answer(e)
                        + (notUnderstood
                                ? "; if the store is not AWS, it may not know how the SDK sends content and "
                                        + "checksums: set option compatibility=true"
                                : ""),
                e);
    }

    private static boolean sendsContent(String operation) {
        return operation.equals("upload") || operation.equals("delete");
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
