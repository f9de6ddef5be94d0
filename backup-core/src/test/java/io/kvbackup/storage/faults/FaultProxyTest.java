package io.kvbackup.storage.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.kvbackup.faults.WorkerLeaks;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proxy before a server that answers with what it was sent. */
@Timeout(60)
class FaultProxyTest {
    private static final byte[] BODY = "x".repeat(100_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private final WorkerLeaks leaks = new WorkerLeaks();
    private final AtomicInteger served = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            served.incrementAndGet();
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        server.start();
        proxy = FaultProxy.start(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), ProxyScript.HONEST);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.stop(0);
        assertThat(proxy.openConnections()).isZero();
        leaks.assertNone("fault-proxy");
    }

    @Test
    void passesRequestsAndAnswersOn() throws Exception {
        for (int size : new int[] {0, 1, BODY.length}) {
            assertThat(post(size).body()).hasSize(size);
        }
        HttpRequest chunked = request()
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(BODY)))
                .build();
        assertThat(client.send(chunked, BodyHandlers.ofByteArray()).body()).isEqualTo(BODY);
        HttpRequest expecting = request()
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(BODY))
                .build();
        assertThat(client.send(expecting, BodyHandlers.ofByteArray()).body()).isEqualTo(BODY);
        await().untilAsserted(() -> assertThat(proxy.exchanges())
                .extracting(ProxyExchange::bodyBytes)
                .contains(0L, 1L, (long) BODY.length));
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET_REQUEST", "REFUSE"})
    void theServerNeverHearsOfIt(Kind kind) {
        strike(kind, 10);
        assertThatThrownBy(() -> post(BODY.length)).isInstanceOf(IOException.class);
        assertThat(served).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"RESET_RESPONSE", "TRUNCATE_RESPONSE", "RESET_AFTER_EFFECT"})
    void theServerHasDoneItButTheAnswerIsLost(Kind kind) {
        strike(kind, 10);
        assertThatThrownBy(() -> post(BODY.length)).isInstanceOf(IOException.class);
        assertThat(served).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"STALL_REQUEST", "STALL_RESPONSE"})
    void noAnswerInTime(Kind kind) {
        strike(kind, 10);
        HttpRequest impatient = request()
                .timeout(Duration.ofMillis(500))
                .POST(BodyPublishers.ofByteArray(BODY))
                .build();
        // The time-out of this client is for the head of an answer; its body never ends.
        var answer = client.sendAsync(impatient, BodyHandlers.ofByteArray());
        if (kind == Kind.STALL_REQUEST) {
            assertThatThrownBy(answer::join).hasCauseInstanceOf(HttpTimeoutException.class);
        } else {
            await().untilAsserted(() -> assertThat(served).hasValue(1));
            assertThat(answer.isDone()).isFalse();
            answer.cancel(true);
        }
    }

    @Test
    void answersWithAStatusBeforeOrAfterTheEffect() throws Exception {
        strike(Kind.STATUS, 503);
        HttpResponse<byte[]> throttled = post(5);
        assertThat(throttled.statusCode()).isEqualTo(503);
        assertThat(throttled.headers().firstValue("Retry-After")).contains("0");
        assertThat(served).hasValue(0);

        strike(Kind.STATUS_AFTER_EFFECT, 500);
        assertThat(post(5).statusCode()).isEqualTo(500);
        assertThat(served).hasValue(1);
    }

    @Test
    void deliversTwiceAndTrickles() throws Exception {
        strike(Kind.DUPLICATE, 0);
        assertThat(post(BODY.length).body()).isEqualTo(BODY);
        assertThat(served).hasValue(2);
        strike(Kind.TRICKLE, 10_000);
        assertThat(post(BODY.length).body()).isEqualTo(BODY);
    }

    @Test
    void refusesConnectionsForAWhile() throws Exception {
        strike(Kind.REFUSE, 1_000_000);
        assertThatThrownBy(() -> post(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> {
                    HttpURLConnection connection =
                            (HttpURLConnection) proxy.endpoint().toURL().openConnection();
                    connection.connect();
                })
                .isInstanceOf(java.net.ConnectException.class);
    }

    @Test
    void eachRequestWaitsForTheLatency() throws Exception {
        proxy.latency(Duration.ofMillis(30));
        post(1);
        // The client has its answer before the proxy has noted that.
        await().until(() -> !proxy.exchanges().isEmpty());
        ProxyExchange exchange = proxy.exchanges().get(0);
        assertThat(Duration.ofNanos(exchange.end() - exchange.start())).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        assertThat(proxy.mostAtOnce(request -> true)).isEqualTo(1);
    }

    private void strike(Kind kind, int number) {
        proxy.script(request -> new ProxyFault(kind, number));
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(proxy.endpoint().resolve("/path?query"));
    }

    private HttpResponse<byte[]> post(int size) throws Exception {
        byte[] body = java.util.Arrays.copyOf(BODY, size);
        return client.send(request().POST(BodyPublishers.ofByteArray(body)).build(), BodyHandlers.ofByteArray());
    }
}
