package io.kvbackup.gcs.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;

/** One request and its answer over HTTP, with what goes wrong on the way. */
final class Exchange {
    private final Router router;
    private final Faults faults;
    private final Queue<String> requests;
    private final CountDownLatch closed = new CountDownLatch(1);

    Exchange(Router router, Faults faults, Queue<String> requests) {
        this.router = router;
        this.faults = faults;
        this.requests = requests;
    }

    void close() {
        closed.countDown();
    }

    void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String uri = exchange.getRequestURI().toString();
            requests.add(method + " " + uri);
            Optional<Fault> fault = faults.strike(method, uri);
            if (fault.isPresent() && fault.get().kind() == Fault.Kind.HANG) {
                closed.await();
                return;
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (fault.isPresent()) {
                fail(exchange, body, fault.get());
            } else {
                send(exchange, packed(exchange, answer(exchange, body)), Integer.MAX_VALUE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(HttpExchange exchange, byte[] body, Fault fault) throws IOException {
        switch (fault.kind()) {
            case STATUS -> send(exchange, packed(exchange, injected(fault)), Integer.MAX_VALUE);
            case STATUS_AFTER_EFFECT -> {
                answer(exchange, body);
                send(exchange, packed(exchange, injected(fault)), Integer.MAX_VALUE);
            }
            case BREAK_AFTER_EFFECT -> answer(exchange, body);
            case TRUNCATE -> send(exchange, answer(exchange, body), fault.number());
            case FLIP -> send(exchange, flipped(answer(exchange, body)), Integer.MAX_VALUE);
            case BREAK, HANG -> {
                // Leaving without an answer closes the connection.
            }
        }
    }

    private static Reply injected(Fault fault) {
        return Reply.error(fault.number(), "injected", "Injected fault");
    }

    private static Reply flipped(Reply reply) {
        byte[] body = reply.body().clone();
        body[body.length / 2] ^= 1;
        return new Reply(reply.status(), reply.headers(), body);
    }

    private Reply answer(HttpExchange exchange, byte[] body) {
        try {
            return router.answer(RequestReader.read(exchange, body, !router.isForeign()));
        } catch (ApiException e) {
            return Reply.error(e.status(), e.reason(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            return Reply.error(500, "internalError", e.toString());
        }
    }

    /**
     * The real store compresses JSON for those who accept it and also name gzip in their user agent; a proxy before
     * another one may compress anything for those who accept it.
     */
    private Reply packed(HttpExchange exchange, Reply reply) throws IOException {
        boolean json =
                reply.headers().getOrDefault("Content-Type", List.of("")).get(0).startsWith("application/json");
        boolean packs = json ? names(exchange, "User-Agent") : isForeignMedia(exchange, reply);
        if (!packs || !names(exchange, "Accept-Encoding")) {
            return reply;
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(reply.body());
        }
        return new Reply(reply.status(), reply.headers(), packed.toByteArray())
                .with("Content-Encoding", "gzip")
                .with("Vary", "Accept-Encoding");
    }

    private boolean isForeignMedia(HttpExchange exchange, Reply reply) {
        return router.isForeign()
                && reply.status() < 300
                && exchange.getRequestURI().toString().contains("alt=media");
    }

    private static boolean names(HttpExchange exchange, String header) {
        String value = exchange.getRequestHeaders().getFirst(header);
        return value != null && value.contains("gzip");
    }

    /** A foreign server does not say how long content is: what is cut off looks like the end. */
    private void send(HttpExchange exchange, Reply reply, int limit) throws IOException {
        reply.headers().forEach((name, values) -> exchange.getResponseHeaders().put(name, values));
        int length = reply.body().length;
        boolean chunked = isForeignMedia(exchange, reply);
        exchange.sendResponseHeaders(reply.status(), chunked ? 0 : length == 0 ? -1 : length);
        if (length > 0) {
            exchange.getResponseBody().write(reply.body(), 0, Math.min(length, limit));
        }
        if (chunked) {
            exchange.getResponseBody().close();
        }
    }
}
