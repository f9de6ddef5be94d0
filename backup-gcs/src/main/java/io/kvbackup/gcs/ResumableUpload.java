package io.kvbackup.gcs;

import com.google.api.client.http.HttpResponse;
import com.google.api.services.storage.model.StorageObject;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upload in chunks, all but the last of which have the same size. The store says after each request how much it has
 * kept; when a request has failed it is asked, and the rest of the chunk is sent again.
 */
final class ResumableUpload {
    private static final Logger LOG = LoggerFactory.getLogger(ResumableUpload.class);

    private final GcsSession session;
    private final ObjectRequest request;
    private final SessionRequests requests;
    private long sent;

    private ResumableUpload(GcsSession session, ObjectRequest request, SessionRequests requests) {
        this.session = session;
        this.request = request;
        this.requests = requests;
    }

    static ResumableUpload open(GcsSession session, ObjectRequest request) throws IOException {
        String url = session.retries().call(() -> start(session, request));
        return new ResumableUpload(session, request, new SessionRequests(session, url, request.key()));
    }

    private static String start(GcsSession session, ObjectRequest request) throws IOException {
        return session.api()
                .exchange(
                        "POST",
                        request.url("resumable"),
                        request.metadata(null),
                        headers -> headers.set("X-Upload-Content-Type", ObjectRequest.CONTENT_TYPE),
                        response -> place(session, request, response));
    }

    private static String place(GcsSession session, ObjectRequest request, HttpResponse response) throws IOException {
        if (!response.isSuccessStatusCode()) {
            throw ErrorResponses.of(response);
        }
        String url = response.getHeaders().getLocation();
        String object = session.place().describe(request.key());
        if (url == null) {
            throw new FinalFailure("cannot upload " + object
                    + ": the store opened a resumable upload without saying where, maybe with a web page; "
                    + "check option endpoint");
        }
        // Proxies and other servers may name a place on themselves only.
        URI opened = response.getRequest().getUrl().toURI();
        return trusted(opened, opened.resolve(url), session.api().isSecret(), object)
                .toString();
    }

    /**
     * Where to send the content. Credentials go with each request: they must not go in the clear, or to somebody else.
     * A store behind a proxy that encrypts for it may not know that: a place on the same host is reached as that was.
     *
     * @param secret whether there are credentials
     */
    static URI trusted(URI endpoint, URI place, boolean secret, String object) throws FinalFailure {
        if (!"https".equalsIgnoreCase(endpoint.getScheme())) {
            return place;
        }
        String host = String.valueOf(place.getHost()).toLowerCase(Locale.ROOT);
        boolean same = host.equalsIgnoreCase(endpoint.getHost());
        if (same && "http".equalsIgnoreCase(place.getScheme())) {
            return URI.create(endpoint.getScheme() + "://" + endpoint.getRawAuthority()
                    + place.toString()
                            .substring(place.toString().indexOf(place.getRawAuthority())
                                    + place.getRawAuthority().length()));
        }
        boolean known = same || host.endsWith(".googleapis.com");
        if (secret && (!known || !"https".equalsIgnoreCase(place.getScheme()))) {
            throw new FinalFailure("cannot upload " + object + ": the store at " + endpoint.getHost()
                    + " wants the content sent to " + place.getScheme() + "://" + place.getHost()
                    + ", which would give the credentials away; check option endpoint");
        }
        return place;
    }

    /** Takes a chunk that is not the last one. The array is the caller's again afterwards. */
    void send(byte[] chunk, int length) throws IOException {
        StorageObject object = new ChunkTransfer(requests, chunk, length, sent, null).run(session.retries());
        sent += length;
        if (object != null) {
            throw request.spoiled(
                    object.getGeneration(),
                    request.cannotUpload() + "the store ended the upload after " + sent
                            + " bytes, although more were to come");
        }
    }

    /**
     * Takes the last chunk and makes the object visible.
     *
     * @param crc of the whole content
     */
    StorageObject finish(byte[] chunk, int length, CRC32C crc) throws IOException {
        return Objects.requireNonNull(new ChunkTransfer(requests, chunk, length, sent, crc).run(session.retries()));
    }

    /** Makes the store forget what it was sent. Does not throw; what could not be done is added to {@code why}. */
    void cancel(@Nullable Throwable why) {
        boolean interrupted = Thread.interrupted();
        try {
            session.retries().call(() -> {
                requests.cancel();
                return true;
            });
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "the unfinished upload of {} could not be cancelled, the store drops it after a week: {}",
                    session.place().describe(request.key()),
                    e.toString());
            if (why != null && why != e) {
                why.addSuppressed(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
