package io.kvbackup.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kvbackup.objectstore.OptionValues;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A store on loopback that answers as a test wants, which no well-behaved store would, and remembers what it was asked.
 */
final class ScriptedS3 implements Closeable {
    /** What was asked; the operation is named as S3 names it. */
    record Request(String operation, String query, Map<String, List<String>> headers, String body) {
        Optional<String> parameter(String name) {
            return Arrays.stream(query.split("&"))
                    .filter(parameter -> parameter.startsWith(name + "="))
                    .map(parameter -> parameter.substring(name.length() + 1))
                    .findFirst();
        }

        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst();
        }
    }

    /** Says what to answer; null stands for no reply at all: the connection is dropped. */
    @FunctionalInterface
    interface Script {
        Answer answer(Request request) throws IOException, InterruptedException;
    }

    /** A reply; {@code promised} is the length in its head, which may be more than the body has. */
    record Answer(int status, Map<String, String> headers, String body, long promised) {
        static Answer of(int status, Map<String, String> headers, String body) {
            return new Answer(status, headers, body, body.length());
        }

        static Answer ok(String... headers) {
            return headers.length == 0 ? of(200, Map.of(), "") : of(200, Map.of(headers[0], headers[1]), "");
        }

        static Answer xml(String body) {
            return of(200, Map.of("Content-Type", "application/xml"), body);
        }

        static Answer error(int status, String code) {
            return of(
                    status,
                    Map.of("Content-Type", "application/xml"),
                    "<Error><Code>" + code + "</Code><Message>said so</Message></Error>");
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Script script;

    ScriptedS3(Script script) throws IOException {
        this.script = script;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Request request = new Request(
                    operation(exchange),
                    query(exchange),
                    new TreeMap<>(exchange.getRequestHeaders()),
                    new String(body, StandardCharsets.ISO_8859_1));
            requests.add(request);
            Answer answer = script.answer(request);
            if (answer != null) {
                send(exchange, answer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        boolean bodiless = exchange.getRequestMethod().equals("HEAD") || answer.promised() == 0;
        exchange.sendResponseHeaders(answer.status(), bodiless ? -1 : answer.promised());
        if (!bodiless) {
            exchange.getResponseBody().write(answer.body().getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
        }
    }

    private static String query(HttpExchange exchange) {
        return Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
    }

    private static String operation(HttpExchange exchange) {
        String query = query(exchange);
        boolean bucket = exchange.getRequestURI().getPath().split("/").length < 3;
        return switch (exchange.getRequestMethod()) {
            case "HEAD" -> bucket ? "HeadBucket" : "Head";
            case "GET" -> bucket ? query.startsWith("uploads") ? "ListUploads" : "List" : "Get";
            case "PUT" -> query.contains("partNumber") ? "UploadPart" : "Put";
            case "DELETE" -> query.contains("uploadId") ? "Abort" : "Delete";
            default -> query.contains("uploadId") ? "Complete" : query.contains("uploads") ? "Create" : "DeleteObjects";
        };
    }

    /** The default settings with a change; needs no store. */
    static S3Settings settings(UnaryOperator<S3StorageClientBuilder> change) {
        S3Client none = new S3Client() {
            @Override
            public String serviceName() {
                return SERVICE_NAME;
            }

            @Override
            public void close() {}
        };
        return change.apply(new S3StorageClientBuilder(none, "any")).settings();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The caller closes it. */
    S3Client s3(S3Settings settings) {
        S3Connection connection = S3Connection.parse(new OptionValues(
                Map.of("endpoint", endpoint().toString(), "accessKey", "test", "secretKey", "not-checked")));
        return S3Clients.create(connection, settings);
    }

    /** A client as the provider makes it; the caller closes it. */
    S3StorageClient client(S3Settings settings) {
        return S3StorageClient.builder(s3(settings), "bucket")
                .settings(settings)
                .ids(() -> "our-id")
                .owning()
                .build();
    }

    List<Request> requests() {
        return requests;
    }

    List<String> operations() {
        return requests.stream().map(Request::operation).toList();
    }

    /** Does not return before the store is closed. */
    Answer hang() throws InterruptedException {
        closed.await();
        return Answer.error(500, "InternalError");
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
