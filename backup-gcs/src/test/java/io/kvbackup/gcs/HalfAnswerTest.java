package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.cloud.storage.Storage;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A server that starts each of its answers and stands still in the middle, until the client hangs up; or never ends; or
 * hangs up itself.
 */
class HalfAnswerTest {
    private static final Duration TIMEOUT = Duration.ofMillis(100);

    private static final byte[] SPACES = " ".repeat(8_192).getBytes(StandardCharsets.US_ASCII);

    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();
    private ServerSocket server;
    private Storage storage;
    private GcsStorageClient client;
    private volatile int status;
    private volatile boolean packed;
    private volatile boolean hangsUp;
    private volatile boolean endless;
    private volatile boolean headOnly;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    private void connect(Duration timeout) throws IOException {
        GcsSettings settings =
                new GcsSettings(GcsSettings.GRANULARITY, null, null, timeout, timeout, Duration.ofMillis(1));
        storage = GcsClients.create(
                new GcsConnection(
                        URI.create("http://127.0.0.1:" + server.getLocalPort()),
                        null,
                        GcsConnection.NONE,
                        Duration.ofSeconds(5)),
                settings);
        client = GcsStorageClient.builder(storage, "bucket").settings(settings).build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        storage.close();
        server.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    @Test
    void t21_noConnectionIsLeftOpenAndNoOperationWaitsLong() throws IOException {
        connect(TIMEOUT);
        for (int each : new int[] {200, 403}) {
            for (boolean gzip : new boolean[] {false, true}) {
                status = each;
                packed = gzip;
                operations().forEach(this::assertGivesUp);
            }
        }
        assertThat(accepted).hasSizeGreaterThan(20);
        await().untilAsserted(() -> assertThat(open).hasValue(0));
    }

    @Test
    void t21_answerWithoutEndIsGivenUp() throws IOException {
        connect(TIMEOUT);
        status = 200;
        endless = true;
        assertGivesUp("stat", () -> client.stat("a"));
        assertGivesUp("delete", () -> client.delete(List.of("a", "b")));
        await().untilAsserted(() -> assertThat(open).hasValue(0));
    }

    @Test
    void answerThatBreaksOffInItsHeadIsAskedForAgain() throws IOException {
        connect(Duration.ofSeconds(1));
        status = 200;
        headOnly = true;
        operations().forEach((name, operation) -> {
            accepted.clear();
            assertThatThrownBy(operation)
                    .as(name)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("gs://bucket")
                    .hasMessageNotContaining("NullPointer");
            assertThat(accepted).as(name).hasSizeGreaterThan(2);
        });
        await().untilAsserted(() -> assertThat(open).hasValue(0));
    }

    @Test
    void refusalThatBreaksOffPrintsNothing() throws IOException {
        connect(Duration.ofSeconds(20));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream err = System.err;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            status = 403;
            hangsUp = true;
            assertThatThrownBy(() -> client.stat("a"))
                    .isInstanceOf(java.nio.file.AccessDeniedException.class)
                    .hasMessageContaining("403");
            assertThatThrownBy(() -> client.upload("a", out -> out.write(1), PutCondition.none()))
                    .isInstanceOf(java.nio.file.AccessDeniedException.class);
        } finally {
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private void assertGivesUp(String name, ThrowingCallable operation) {
        long start = System.nanoTime();
        assertThatThrownBy(operation).as(name).isInstanceOf(IOException.class);
        Duration taken = Duration.ofNanos(System.nanoTime() - start);
        assertThat(taken)
                .as("%s with status %d, packed: %s", name, status, packed)
                .isLessThan(Duration.ofSeconds(10));
    }

    private Map<String, ThrowingCallable> operations() {
        Map<String, ThrowingCallable> operations = new LinkedHashMap<>();
        operations.put("stat", () -> client.stat("a"));
        operations.put("list", () -> {
            try {
                client.list("").count();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
        operations.put("upload", () -> client.upload("a", out -> out.write(1), PutCondition.none()));
        operations.put(
                "large upload", () -> client.upload("a", out -> out.write(new byte[600_000]), PutCondition.none()));
        operations.put("copy", () -> client.copy("a", "b"));
        operations.put("delete", () -> client.delete(List.of("a", "b")));
        operations.put("download", () -> {
            try (InputStream in = client.download("a", ByteRange.all())) {
                in.readAllBytes();
            }
        });
        return operations;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                accepted.add(socket);
                open.incrementAndGet();
                daemon(() -> answer(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void answer(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            byte[] request = new byte[8_192];
            boolean asked = in.read(request) > 0;
            if (asked && headOnly) {
                String some = "HTTP/1.1 " + status + " Some\r\nContent-Type: appl";
                socket.getOutputStream().write(some.getBytes(StandardCharsets.US_ASCII));
                socket.setSoLinger(true, 0); // a reset
                return;
            }
            if (asked) {
                socket.getOutputStream().write(half());
            }
            while (endless) {
                socket.getOutputStream().write(SPACES);
            }
            while (!hangsUp && in.read(request) >= 0) {
                // Nothing more is said, whatever comes.
            }
        } catch (IOException e) {
            // The client has hung up, which is what it should.
        } finally {
            open.decrementAndGet();
        }
    }

    /** The beginning. Announced is more than the JDK would read in the background, to use the connection again. */
    private byte[] half() throws IOException {
        String json = "{\"error\": {\"code\": 403, \"message\": \"" + "no ".repeat(2_000) + "\"}}";
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        if (packed) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(body);
            }
            body = out.toByteArray();
        }
        String head = "HTTP/1.1 " + status + " Some\r\nContent-Type: application/json\r\nContent-Length: "
                + (endless ? 1L << 40 : 1 << 20)
                + (packed ? "\r\nContent-Encoding: gzip" : "") + "\r\n\r\n";
        ByteArrayOutputStream half = new ByteArrayOutputStream();
        half.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        half.writeBytes(Arrays.copyOf(body, endless ? 1 : body.length / 2));
        return half.toByteArray();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "broken-answers");
        thread.setDaemon(true);
        thread.start();
    }
}
