package io.kvbackup.gcs;

import com.google.api.client.http.AbstractInputStreamContent;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** One request of {@link DeadlineTransport}. */
final class DeadlineRequest extends LowLevelHttpRequest {
    private static final String CONTENT = "alt=media";

    private final HttpClient client;
    private final String method;
    private final URI uri;
    private final Duration deadline;
    private final HttpRequest.Builder request;

    DeadlineRequest(HttpClient client, String method, String url, Duration deadline) {
        this.client = client;
        this.method = method;
        this.uri = URI.create(url);
        this.deadline = deadline;
        this.request = HttpRequest.newBuilder(uri).timeout(deadline);
    }

    @Override
    public void addHeader(String name, String value) {
        request.header(name, value);
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
        long start = System.nanoTime();
        request.method(method, body());
        if (getContentType() != null) {
            request.header("Content-Type", getContentType());
        }
        if (getContentEncoding() != null) {
            request.header("Content-Encoding", getContentEncoding());
        }
        HttpResponse<TimedBody> response = send();
        response.body().limit(isContent(response) ? TimedBody.EACH_READ : start, deadline);
        return new DeadlineResponse(response);
    }

    private boolean isContent(HttpResponse<?> response) {
        String query = uri.getRawQuery();
        return response.statusCode() < 300 && query != null && query.contains(CONTENT);
    }

    private HttpResponse<TimedBody> send() throws IOException {
        try {
            return client.send(request.build(), ignored -> new TimedBody());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw caused(new InterruptedIOException("interrupted during a request"), e);
        } catch (HttpTimeoutException e) {
            throw caused(new SocketTimeoutException("not sent and answered within " + deadline.toMillis() + " ms"), e);
        } catch (ConnectException e) {
            throw isUnresolved(e) ? new UnknownHostException(uri.getHost()) : e;
        } catch (SSLHandshakeException e) {
            throw isBrokenOff(e) ? caused(new EOFException(e.getMessage()), e) : e;
        }
    }

    /** The client tells a connection that ends in its handshake by words only. */
    private static boolean isBrokenOff(SSLHandshakeException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("terminated the handshake") || message.contains("closed the channel");
    }

    /** The client tells a host that is not found as one that cannot be connected to. */
    private static boolean isUnresolved(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private static <E extends IOException> E caused(E exception, Throwable cause) {
        exception.initCause(cause);
        return exception;
    }

    /** Content that is in memory already is not copied. */
    private BodyPublisher body() throws IOException {
        if (getStreamingContent() == null || getContentLength() == 0) {
            return BodyPublishers.noBody();
        }
        if (getStreamingContent() instanceof AbstractInputStreamContent stream && getContentLength() > 0) {
            return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> open(stream)), getContentLength());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        getStreamingContent().writeTo(bytes);
        return BodyPublishers.ofByteArray(bytes.toByteArray());
    }

    private static @Nullable InputStream open(AbstractInputStreamContent content) {
        try {
            return content.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
