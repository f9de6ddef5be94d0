package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageUri;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nobody at the endpoint, or somebody else. */
@Timeout(120)
class WrongServerTest {
    private static final byte[] PAGE =
            "<!DOCTYPE html><html><head><title>Console</title></head></html>".getBytes(StandardCharsets.UTF_8);

    @FunctionalInterface
    private interface Work {
        void run(StorageClient client) throws IOException;
    }

    private static HttpServer pages(int status, ExecutorService threads) throws IOException {
        return server(status, "text/html; charset=utf-8", PAGE, threads);
    }

    private static HttpServer server(int status, String type, byte[] body, ExecutorService threads) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static StorageClient client(HttpServer server) throws IOException {
        return StorageClient.open(StorageUri.parse(
                "gs://bucket?credentials=none&attemptTimeout=500ms&callTimeout=1s&endpoint=http://127.0.0.1:"
                        + server.getAddress().getPort()));
    }

    @Test
    void webPagesAreToldAsSuch() throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int status : new int[] {200, 403, 405, 502}) {
            HttpServer server = pages(status, threads);
            try (StorageClient client = client(server)) {
                for (Work work : List.<Work>of(
                        store -> store.stat("a"),
                        store -> store.list("").close(),
                        store -> store.list("").forEach(object -> {}),
                        store -> store.upload("a", ContentWriter.of(new byte[7]), PutCondition.ifAbsent()),
                        store -> store.upload("a", out -> out.write(new byte[9 << 20]), PutCondition.none()),
                        store -> store.download("a", ByteRange.all()).close())) {
                    try {
                        work.run(client);
                    } catch (IOException | java.io.UncheckedIOException e) {
                        assertThat(e)
                                .as("status %d", status)
                                .hasMessageContaining("web page")
                                .hasMessageContaining("option endpoint");
                    }
                }
                StorageReport report =
                        StorageCheck.quick().within(Duration.ofSeconds(2)).run(client);
                assertThat(report.verdict()).isEqualTo(StorageReport.Verdict.UNFIT);
                assertThat(report.toString()).contains("web page");
            } finally {
                server.stop(0);
            }
        }
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"nextPageToken":"t"}                                            | how to ask for it
                    {"nextPageToken":"t","items":[{"bucket":"b","name":"a","generation":"1"}]} | how to ask for it
                    {"items":[null]}                                                 | without its name or bucket
                    {"items":[{"generation":"1"}]}                                   | without its name or bucket
                    """)
    void aListingThatMakesNoSenseIsAFailureOfTheStore(String body, String message) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = server(200, "application/json", body.getBytes(StandardCharsets.UTF_8), threads);
        try (StorageClient client = client(server);
                Stream<StorageObject> objects = client.list("")) {
            assertThatThrownBy(() -> objects.forEach(object -> {}))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(message);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    @Test
    void nobodyIsGivenUpSoon() throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer gone = pages(200, threads);
        gone.stop(0);
        threads.shutdownNow();
        try (StorageClient client =
                StorageClient.open(StorageUri.parse("gs://bucket?credentials=none&endpoint=http://127.0.0.1:"
                        + gone.getAddress().getPort()))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.stat("a")).hasMessageContaining("option endpoint");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        }
    }
}
