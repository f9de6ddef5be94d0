package io.kvbackup.gcs;

import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestFactory;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.json.JsonObjectParser;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.NoCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests that carry content, and those for which the library is not good enough, with the connection and the credentials of the vendor's client.
 *
 * <p>Its own channels cannot be used: a write channel publishes what it has when it is closed and offers no way to cancel,
 * and the library's retries of both stay out of sight.
 */
final class MediaRequests {
    /** Makes something of an answer, which it need not close. */
    @FunctionalInterface
    interface Answer<T> {
        T read(HttpResponse response) throws IOException;
    }

    static final GsonFactory JSON = GsonFactory.getDefaultInstance();

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int PARTIAL = 206;
    private static final int NOT_FOUND = 404;
    private static final String FIELDS = "?fields=name%2Csize%2Cgeneration%2CtimeCreated%2Cmetadata%2CcontentType";
    private static final String API = "/storage/v1/b/";

    private final HttpRequestFactory requests;
    private final String host;
    private final GcsPlace place;
    private final GcsSettings settings;
    private final boolean secret;

    private MediaRequests(
            HttpRequestFactory requests, String host, boolean secret, GcsPlace place, GcsSettings settings) {
        this.requests = requests;
        this.host = host;
        this.secret = secret;
        this.place = place;
        this.settings = settings;
    }

    static MediaRequests of(StorageOptions options, GcsPlace place, GcsSettings settings) {
        if (!(options.getTransportOptions() instanceof HttpTransportOptions transport)) {
            throw new IllegalArgumentException("the Storage given does not use HTTP but "
                    + options.getTransportOptions().getClass().getSimpleName()
                    + "; make one with StorageOptions.http()");
        }
        String host = options.getResolvedApiaryHost("storage");
        return new MediaRequests(
                transport
                        .getHttpTransportFactory()
                        .create()
                        .createRequestFactory(transport.getHttpRequestInitializer(options)),
                host.endsWith("/") ? host.substring(0, host.length() - 1) : host,
                options.getCredentials() != null && !(options.getCredentials() instanceof NoCredentials),
                place,
                settings);
    }

    /** Whether it is Google itself that answers. */
    boolean isGoogles() {
        return host.endsWith("://storage.googleapis.com");
    }

    /** Whether requests carry credentials. */
    boolean isSecret() {
        return secret;
    }

    /** Where content of the object can be read. */
    String downloadUrl(String key) {
        return host + API + place.bucket() + "/o/" + GcsPlace.encode(place.objectName(key)) + "?alt=media";
    }

    /** Where the object can be made of others. */
    String composeUrl(String key) {
        return host + API + place.bucket() + "/o/" + GcsPlace.encode(place.objectName(key)) + "/compose";
    }

    /** Where content of the object can be sent to. */
    String uploadUrl(String key, String uploadType) {
        return host + "/upload" + API + place.bucket() + "/o?uploadType=" + uploadType + "&name="
                + GcsPlace.encode(place.objectName(key));
    }

    /** Sends a request, and reads its answer to the end, all of that within the deadline of an attempt. */
    <T> T exchange(
            String method, String url, @Nullable HttpContent content, Consumer<HttpHeaders> headers, Answer<T> answer)
            throws IOException {
        HttpRequest request = request(method, url, content);
        headers.accept(request.getHeaders());
        return WatchedTransport.within(settings.attemptMillis(), () -> {
            HttpResponse response = request.execute();
            try {
                T result = answer.read(response);
                response.ignore();
                return result;
            } catch (IOException | RuntimeException e) {
                Refusals.drop(response);
                throw e;
            }
        });
    }

    /**
     * Asks for content as it is stored, even if that is gzip.
     *
     * @return an answer that the caller reads and closes, or disconnects
     * @throws StorageException if the answer is not content
     */
    HttpResponse download(String url, boolean packed, Consumer<HttpHeaders> headers) throws IOException {
        HttpRequest request = request("GET", url, null).setResponseReturnRawInputStream(true);
        // Without gzip the store would unpack what was stored as gzip.
        request.getHeaders().setAcceptEncoding(packed ? "gzip" : "identity");
        headers.accept(request.getHeaders());
        return WatchedTransport.within(settings.attemptMillis(), () -> {
            HttpResponse response = request.execute();
            if (response.getStatusCode() != OK && response.getStatusCode() != PARTIAL) {
                throw Refusals.of(response);
            }
            return response;
        });
    }

    /**
     * Asks once for an object's properties. The library would send a POST for a long name, which only Google's own store takes for what
     * it means.
     */
    Optional<StorageObject> find(String key) throws IOException {
        String url = host + API + place.bucket() + "/o/" + GcsPlace.encode(place.objectName(key)) + FIELDS;
        return exchange("GET", url, null, headers -> {}, response -> {
            if (response.getStatusCode() == NOT_FOUND) {
                return Optional.empty();
            }
            return Optional.of(objectOrRefusal(response));
        });
    }

    private HttpRequest request(String method, String url, @Nullable HttpContent content) throws IOException {
        return requests.buildRequest(method, new GenericUrl(url, true), content)
                .setReadTimeout(settings.attemptMillis())
                // One for an access token that has just expired; the status 308 is no redirection here.
                .setNumberOfRetries(1)
                .setFollowRedirects(false)
                .setThrowExceptionOnExecuteError(false)
                .setParser(new JsonObjectParser(JSON));
    }

    /** The object that an answer describes, or what it refuses. */
    static StorageObject objectOrRefusal(HttpResponse response) throws IOException {
        if (!response.isSuccessStatusCode()) {
            throw Refusals.of(response);
        }
        return object(response);
    }

    /** The object that an answer describes; a store may have left out anything, even all of it. */
    static StorageObject object(HttpResponse response) throws IOException {
        Long length = response.getHeaders().getContentLength();
        if (response.getStatusCode() == NO_CONTENT || (length != null && length == 0)) {
            response.ignore();
            return new StorageObject();
        }
        StorageObject object = response.parseAs(StorageObject.class);
        return object == null ? new StorageObject() : object;
    }
}
