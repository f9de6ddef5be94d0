package io.kvbackup.gcs;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.auth.http.HttpTransportFactory;
import java.net.http.HttpClient;
import java.time.Duration;

/**
 * The JDK's HTTP client with one deadline for each request: for connecting, sending and the answer. Content of an
 * object takes the time it takes, but each read of it has that deadline. What the library wants as time-outs does not
 * count: its own for batches are too long or too short, and none of them bounds sending.
 *
 * <p>Safe for use by several threads, which share its connections. These are closed when idle, as the JDK decides.
 */
final class DeadlineTransport extends HttpTransport implements HttpTransportFactory {
    private final HttpClient client;
    private final Duration deadline;

    DeadlineTransport(Duration connectTimeout, Duration deadline) {
        // Redirects are the library's to follow: the status 308 is none here.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connectTimeout.compareTo(deadline) < 0 ? connectTimeout : deadline)
                .build();
        this.deadline = deadline;
    }

    @Override
    public HttpTransport create() {
        return this;
    }

    @Override
    public boolean supportsMethod(String method) {
        return true;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
        return new DeadlineRequest(client, method, url, deadline);
    }
}
