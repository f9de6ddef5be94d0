package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponseException;
import com.google.cloud.BaseServiceException;
import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what the library and the transport throw into the failures of {@link io.kvbackup.storage.StorageClient}. */
final class GcsFailures {
    /** Operations whose object need not be there: something else is missing. */
    private static final Set<String> NEED_NO_OBJECT = Set.of("upload", "list");

    static final String WEB_PAGE =
            "it answers with a web page, so it is not the JSON API of Google Cloud Storage that is asked;"
                    + " check option endpoint, and proxies that want a login";

    private GcsFailures() {}

    /** Does not throw; restores the interrupt flag if an interrupt is the cause. */
    static IOException translate(String operation, GcsPlace place, String key, Exception e) {
        boolean ours = e instanceof FinalFailure
                || e instanceof UploadLostException
                || e instanceof PreconditionFailedException
                || e instanceof FileSystemException;
        if (ours) {
            return (IOException) e;
        }
        if (isInterrupt(e)) {
            Thread.currentThread().interrupt();
            return caused(new InterruptedIOException(operation + " of " + place.describe(key) + " was interrupted"), e);
        }
        if (e instanceof BaseServiceException answer && answer.getCode() > 0) {
            return refused(operation, place, key, answer);
        }
        return failed(operation, place, key, e);
    }

    static boolean isInterrupt(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (Interruption.is(cause)) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private static IOException refused(String operation, GcsPlace place, String key, BaseServiceException e) {
        String object = place.describe(key);
        if (isWebPage(e)) {
            return new IOException(cannot(operation, object) + WEB_PAGE + answer(e), e);
        }
        if (Retries.isTransient(e)) {
            return new IOException(
                    cannot(operation, object) + "the store is overloaded or unavailable; try later" + answer(e), e);
        }
        return switch (e.getCode()) {
            case 404 ->
                NEED_NO_OBJECT.contains(operation)
                        ? refusedForAnotherReason(operation, object, e)
                        : caused(new NoSuchFileException(object, null, operation + " found no such object"), e);
            case 412 ->
                new PreconditionFailedException(
                        cannot(operation, object) + "it has changed, or exists already" + answer(e), e);
            case 401 ->
                denied(
                        operation,
                        object,
                        "check option credentials, or where the default credentials come from, and this"
                                + " machine's clock",
                        e);
            case 403 ->
                denied(
                        operation,
                        object,
                        "check that the credentials may " + operation + " objects of bucket '" + place.bucket() + "'",
                        e);
            default -> refusedForAnotherReason(operation, object, e);
        };
    }

    private static boolean isWebPage(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String type = cause instanceof HttpResponseException response && response.getHeaders() != null
                    ? response.getHeaders().getContentType()
                    : null;
            if (WEB_PAGE.equals(cause.getMessage()) || (type != null && type.startsWith("text/html"))) {
                return true;
            }
        }
        return false;
    }

    /** Whether an answer came that is not JSON, whatever reads it. */
    private static boolean isNoJson(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("malformed JSON") || message.contains("JSON String, Number, Array")) {
                return true;
            }
        }
        return false;
    }

    private static IOException refusedForAnotherReason(String operation, String object, BaseServiceException e) {
        return new IOException(cannot(operation, object) + "the store refused it" + answer(e), e);
    }

    static IOException noSuchBucket(String operation, GcsPlace place, String key, Exception e) {
        return new IOException(
                cannot(operation, place.describe(key)) + "bucket '" + place.bucket()
                        + "' does not exist; create it, or correct the storage URI or option endpoint",
                e);
    }

    private static IOException denied(String operation, String object, String hint, BaseServiceException e) {
        return caused(new AccessDeniedException(object, null, operation + " is not allowed; " + hint + answer(e)), e);
    }

    private static IOException failed(String operation, GcsPlace place, String key, Exception e) {
        String start = cannot(operation, place.describe(key));
        Throwable root = root(e);
        InterruptedIOException timeout = timeout(e);
        if (timeout != null) {
            return new IOException(
                    start + "the store did not answer in time (" + timeout.getMessage()
                            + "); see options attemptTimeout, callTimeout and connectTimeout",
                    e);
        }
        if (root instanceof UnknownHostException) {
            return new IOException(
                    start + "there is no host " + root.getMessage() + "; check option endpoint and the network", e);
        }
        if (root instanceof SSLException) {
            return new IOException(start + root.getMessage() + "; check http or https in option endpoint", e);
        }
        String message = String.valueOf(e.getMessage());
        if (isNoJson(e)) {
            return new IOException(
                    start + "the answer is not what the API would say, maybe a web page; check option endpoint,"
                            + " and proxies that want a login (" + message + ")",
                    e);
        }
        if (message.contains("access token") || root.getClass().getName().startsWith("com.google.auth")) {
            return caused(
                    new AccessDeniedException(
                            place.describe(key),
                            null,
                            operation + " got no access token; check option credentials, or where the default"
                                    + " credentials come from (" + message + ")"),
                    e);
        }
        return new IOException(
                start + message + (root == e ? "" : " (" + root + ")") + "; check option endpoint and the network", e);
    }

    private static @Nullable InterruptedIOException timeout(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedIOException timeout) {
                return timeout;
            }
        }
        return null;
    }

    private static Throwable root(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String answer(BaseServiceException e) {
        return " (answer: " + e.getCode() + " " + e.getMessage() + ")";
    }

    private static String cannot(String operation, String object) {
        return "cannot " + operation + " " + object + ": ";
    }

    private static <E extends IOException> E caused(E exception, Throwable cause) {
        exception.initCause(cause);
        return exception;
    }
}
