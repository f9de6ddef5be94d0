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
 * Sends requests of the JSON API itself, with the connection and the credentials of the vendor's client: all that carry
 * content, and those for which the library is not good enough.
 *
 * <p>Its own channels cannot be used: a write channel publishes what it has when it is closed and offers no way to
 * cancel, and the library's retries of both stay out of sight.
 */
final class ApiRequests {
    /** Makes something of an answer, which it need not close. */
    @FunctionalInterface
    interface Answer<T> {
        T read(HttpResponse response) throws IOException;
    }

    static final GsonFactory JSON = GsonFactory.getDefaultInstance();

    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final HttpRequestFactory requests;
    private final ObjectUrls urls;
    private final GcsSettings settings;
    private final boolean secret;

    private ApiRequests(HttpRequestFactory requests, ObjectUrls urls, boolean secret, GcsSettings settings) {
        this.requests = requests;
        this.urls = urls;
        this.secret = secret;
        this.settings = settings;
    }

    static ApiRequests of(StorageOptions options, GcsPlace place, GcsSettings settings) {
        if (!(options.getTransportOptions() instanceof HttpTransportOptions transport)) {
            throw new IllegalArgumentException("the Storage given does not use HTTP but "
                    + options.getTransportOptions().getClass().getSimpleName()
                    + "; make one with StorageOptions.http()");
        }
        return new ApiRequests(
                transport
                        .getHttpTransportFactory()
                        .create()
                        .createRequestFactory(transport.getHttpRequestInitializer(options)),
                new ObjectUrls(options.getResolvedApiaryHost("storage"), place),
                options.getCredentials() != null && !(options.getCredentials() instanceof NoCredentials),
                settings);
    }

    ObjectUrls urls() {
        return urls;
    }

    /** Whether requests carry credentials. */
    boolean isSecret() {
        return secret;
    }

    /** Sends a request, and reads its answer to the end, all of that within the deadline of an attempt. */
    <T> T exchange(
            String method, String url, @Nullable HttpContent content, Consumer<HttpHeaders> headers, Answer<T> answer)
            throws IOException {
        HttpRequest request = request(method, url, content);
        headers.accept(request.getHeaders());
        HttpResponse response = request.execute();
        try {
            T result = answer.read(response);
            response.ignore();
            return result;
        } catch (IOException | RuntimeException e) {
            ErrorResponses.drop(response);
            throw e;
        }
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
        HttpResponse response = request.execute();
        if (response.getStatusCode() != OK && response.getStatusCode() != PARTIAL) {
            throw ErrorResponses.of(response);
        }
        return response;
    }

    /**
     * Asks once for an object's properties. The library would send a POST for a long name, which only Google's own
     * store takes for what it means.
     */
    Optional<StorageObject> find(String key) throws IOException {
        return exchange("GET", urls.properties(key), null, headers -> {}, ObjectAnswers::foundOrRefusal);
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
}
