package io.kvbackup.gcs;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.EmptyContent;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpResponse;
import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.storage.StorageException;
import io.kvbackup.storage.UploadLostException;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The requests of one resumable session. */
final class SessionRequests {
    /**
     * What the store says about a session.
     *
     * @param kept how many bytes it has
     * @param object what has become of them; null while the session is open
     */
    record Answer(long kept, @Nullable StorageObject object) {}

    private static final int INCOMPLETE = 308;
    private static final Pattern KEPT = Pattern.compile("(?i)(?:bytes[= ])?0-(\\d{1,18})");

    private final GcsSession session;
    private final String url;
    private final String key;

    SessionRequests(GcsSession session, String url, String key) {
        this.session = session;
        this.url = url;
        this.key = key;
    }

    /** The object as messages name it. */
    String object() {
        return session.place().describe(key);
    }

    /** @param crc of the whole object, with its last bytes */
    Answer put(byte[] bytes, int offset, int length, String range, @Nullable CRC32C crc) throws IOException {
        HttpContent content = length == 0
                ? new EmptyContent()
                : new ByteArrayContent(ObjectRequest.CONTENT_TYPE, bytes, offset, length);
        Consumer<HttpHeaders> described = headers -> {
            headers.setContentRange(range);
            if (crc != null) {
                headers.set("X-Goog-Hash", Crc.header(crc));
            }
        };
        return session.api().exchange("PUT", url, content, described, this::answer);
    }

    /** @param total length of the object, or {@code *} while nobody knows it */
    Answer ask(String total) throws IOException {
        return session.api()
                .exchange(
                        "PUT",
                        url,
                        new EmptyContent(),
                        headers -> headers.setContentRange("bytes */" + total),
                        this::answer);
    }

    private Answer answer(HttpResponse response) throws IOException {
        int status = response.getStatusCode();
        if (status == INCOMPLETE) {
            return new Answer(kept(response.getHeaders().getRange()), null);
        }
        if (response.isSuccessStatusCode()) {
            return new Answer(0, ObjectAnswers.object(response));
        }
        StorageException refusal = ErrorResponses.of(response);
        if (status == 404 || status == 410) {
            throw new UploadLostException("cannot upload " + object()
                    + ": the unfinished upload is gone from the store (answer: " + status + " " + refusal.getMessage()
                    + ")");
        }
        throw refusal;
    }

    private long kept(@Nullable String range) throws IOException {
        if (range == null) {
            return 0;
        }
        Matcher matcher = KEPT.matcher(range);
        if (!matcher.matches()) {
            throw new FinalFailure("cannot upload " + object() + ": the store says that it has kept '" + range
                    + "'; check option endpoint");
        }
        return Long.parseLong(matcher.group(1)) + 1;
    }

    /** Any answer below 500 means that the session is no more. */
    void cancel() throws IOException {
        session.api().exchange("DELETE", url, null, headers -> {}, response -> {
            if (response.getStatusCode() >= 500) {
                throw ErrorResponses.of(response);
            }
            return true;
        });
    }
}
