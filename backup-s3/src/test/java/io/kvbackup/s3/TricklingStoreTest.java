package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.objectstore.OptionValues;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that is never silent for long, and never done. */
@Timeout(60)
class TricklingStoreTest {
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void t21_endlessReplyIsGivenUp() throws IOException {
        S3Settings hasty =
                ScriptedS3.settings(builder -> builder.timeouts(Duration.ofMillis(600), Duration.ofMillis(1_000)));
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                S3StorageClient client = client(server, hasty)) {
            threads.execute(() -> serve(server, threads));
            assertThatThrownBy(() -> client.stat("key"))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessageContaining("did not answer in time")
                    .hasMessageContaining("callTimeout");
        } finally {
            end.countDown();
            threads.shutdownNow();
        }
    }

    private static S3StorageClient client(ServerSocket server, S3Settings settings) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getLocalPort());
        S3Connection connection = S3Connection.parse(new OptionValues(
                Map.of("endpoint", endpoint.toString(), "accessKey", "test", "secretKey", "not-checked")));
        return S3StorageClient.builder(S3Clients.create(connection, settings), "bucket")
                .settings(settings)
                .owning()
                .build();
    }

    private void serve(ServerSocket server, ExecutorService threads) {
        while (end.getCount() > 0) {
            try {
                Socket socket = server.accept();
                threads.execute(() -> trickle(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void trickle(Socket socket) {
        try (socket) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nX-Endless: ".getBytes(StandardCharsets.US_ASCII));
            do {
                out.write('x');
                out.flush();
            } while (!end.await(50, TimeUnit.MILLISECONDS));
        } catch (IOException gaveUp) {
            // The client has closed the connection, as it should.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
