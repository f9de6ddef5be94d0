package io.kvbackup.gcs;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.json.JsonObjectParser;
import com.google.cloud.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads why a store says no. The library's own way prints a stack trace when the answer is broken off, and leaves the
 * connection open.
 */
final class ErrorResponses {
    /** A page of some proxy may be longer; what matters stands at the beginning, or nowhere. */
    private static final int MAX_BYTES = 64 * 1024;

    private static final int GZIP_MAGIC = 0x1F8B;

    private ErrorResponses() {}

    /** The refusal that an answer is; the answer is done with afterwards. */
    static StorageException of(HttpResponse response) {
        GoogleJsonError details = parse(read(response));
        String message = details == null ? null : details.getMessage();
        if (message == null && String.valueOf(response.getContentType()).startsWith("text/html")) {
            message = GcsFailures.WEB_PAGE;
        } else if (message == null) {
            message = response.getStatusMessage() == null ? "no reason given" : response.getStatusMessage();
        }
        return new StorageException(response.getStatusCode(), message, reason(details), null);
    }

    private static @Nullable String reason(@Nullable GoogleJsonError details) {
        List<GoogleJsonError.ErrorInfo> errors = details == null ? null : details.getErrors();
        return errors == null || errors.isEmpty() ? null : errors.get(0).getReason();
    }

    /** What there is of it, unpacked; nothing if it cannot be read. */
    private static byte[] read(HttpResponse response) {
        byte[] body = new byte[0];
        boolean whole = false;
        try {
            InputStream in = response.getContent();
            body = in == null ? body : in.readNBytes(MAX_BYTES);
            whole = body.length < MAX_BYTES;
            return isGzip(body) ? new GZIPInputStream(new ByteArrayInputStream(body)).readNBytes(MAX_BYTES) : body;
        } catch (IOException e) {
            // The status has to do.
            return new byte[0];
        } finally {
            if (whole) {
                ignore(response);
            } else {
                drop(response);
            }
        }
    }

    private static boolean isGzip(byte[] body) {
        return body.length > 2 && ((body[0] & 0xFF) << 8 | (body[1] & 0xFF)) == GZIP_MAGIC;
    }

    private static @Nullable GoogleJsonError parse(byte[] body) {
        try {
            return new JsonObjectParser.Builder(ApiRequests.JSON)
                    .setWrapperKeys(Set.of("error"))
                    .build()
                    .parseAndClose(new ByteArrayInputStream(body), StandardCharsets.UTF_8, GoogleJsonError.class);
        } catch (IOException | RuntimeException e) {
            // Not JSON, or not that of the API.
            return null;
        }
    }

    /** Gives the connection of an answer back, to be used again. */
    private static void ignore(HttpResponse response) {
        try {
            response.ignore();
        } catch (IOException e) {
            drop(response);
        }
    }

    /** Breaks the connection of an answer that nobody will read any more. */
    static void drop(HttpResponse response) {
        try {
            response.disconnect();
        } catch (IOException e) {
            // It is broken already.
        }
    }
}
