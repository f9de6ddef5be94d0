package io.kvbackup.gcs;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.googleapis.json.GoogleJsonResponseException;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpHeaders;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpRequestFactory;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.json.JsonObjectParser;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.model.StorageObject;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests that carry content, with the connection and the credentials of the vendor's client.
 *
 * <p>Its own channels cannot be used: a write channel publishes what it has when it is closed and offers no way to cancel,
 * and the library's retries of both stay out of sight.
 */
final class MediaRequests {
    static final GsonFactory JSON = GsonFactory.getDefaultInstance();

    private static final int NO_CONTENT = 204;
    private static final String API = "/storage/v1/b/";

    private final HttpRequestFactory requests;
    private final String host;
    private final GcsPlace place;
    private final GcsSettings settings;

    private MediaRequests(HttpRequestFactory requests, String host, GcsPlace place, GcsSettings settings) {
        this.requests = requests;
        this.host = host;
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
                place,
                settings);
    }

    /** Whether it is Google itself that answers. */
    boolean isGoogles() {
        return host.endsWith("://storage.googleapis.com");
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

    /** Any answer counts as a result. The caller reads it, or ignores or disconnects it. */
    HttpResponse send(String method, String url, @Nullable HttpContent content, Consumer<HttpHeaders> headers)
            throws IOException {
        return send(request(method, url, content), headers);
    }

    /** Asks for content as it is stored, even if that is gzip. Any answer counts as a result. */
    HttpResponse download(String url, Consumer<HttpHeaders> headers) throws IOException {
        HttpRequest request = request("GET", url, null).setResponseReturnRawInputStream(true);
        // Without it the store would unpack what was stored as gzip.
        request.getHeaders().setAcceptEncoding("gzip");
        return send(request, headers);
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

    private HttpResponse send(HttpRequest request, Consumer<HttpHeaders> headers) throws IOException {
        headers.accept(request.getHeaders());
        return WatchedTransport.within(settings.attemptMillis(), request::execute);
    }

    /** The object that an answer describes; a store may have left out anything, even all of it. */
    static StorageObject object(HttpResponse response) throws IOException {
        Long length = response.getHeaders().getContentLength();
        if (response.getStatusCode() == NO_CONTENT || (length != null && length == 0)) {
            response.ignore();
            return new StorageObject();
        }
        return response.parseAs(StorageObject.class);
    }

    /** The refusal that an answer is. */
    static StorageException refusal(HttpResponse response) {
        return new StorageException(GoogleJsonResponseException.from(JSON, response));
    }

    /** The refusal that the answer to {@link #download} is: nobody has unpacked it yet. */
    static StorageException refusalOfDownload(HttpResponse response) {
        if (!"gzip".equalsIgnoreCase(response.getHeaders().getContentEncoding())) {
            return refusal(response);
        }
        HttpResponseException.Builder refusal = new HttpResponseException.Builder(
                response.getStatusCode(), response.getStatusMessage(), response.getHeaders());
        try {
            GoogleJsonError details = new JsonObjectParser.Builder(JSON)
                    .setWrapperKeys(Set.of("error"))
                    .build()
                    .parseAndClose(
                            new GZIPInputStream(response.getContent()), StandardCharsets.UTF_8, GoogleJsonError.class);
            return new StorageException(
                    new GoogleJsonResponseException(refusal.setMessage(details.getMessage()), details));
        } catch (IOException | IllegalArgumentException e) {
            // No JSON after all: the status has to do.
            return new StorageException(new GoogleJsonResponseException(refusal, null));
        }
    }
}
