package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.content;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.storage.Storage;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is different when connections are encrypted. */
@Timeout(60)
class TlsTest extends GcsTest {
    @TempDir
    Path folder;

    private static Storage storage(TlsFront front, GcsSettings settings) throws IOException {
        return GcsClients.create(
                new GcsConnection(URI.create(front.endpoint()), null, GcsConnection.NONE, Duration.ofSeconds(5)),
                settings);
    }

    private static GcsSettings settings(int chunk, Duration timeout) {
        return new GcsSettings(chunk, null, null, timeout, timeout, Duration.ofMillis(1));
    }

    /** A write that hangs cannot be interrupted. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void t21_storeThatReadsNothingIsGivenUp() throws Exception {
        Duration timeout = Duration.ofMillis(500);
        try (TlsFront deaf = new TlsFront(folder, TlsFront.DEAF);
                Storage hasty = storage(deaf, settings(64 << 20, timeout));
                GcsStorageClient client =
                        builder(hasty, timeout).chunkSize(64 << 20).build()) {
            long start = System.nanoTime();
            // More than the buffers of both sockets take.
            assertThatThrownBy(() -> client.upload("b", ContentWriter.of(new byte[48 << 20]), PutCondition.none()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("attemptTimeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
            assertThat(deaf.connections()).isPositive();
        }
    }

    @Test
    void handshakeThatBreaksOffIsTriedAgain() throws Exception {
        byte[] content = content(1, 10);
        try (TlsFront front = new TlsFront(folder, URI.create(server.endpoint()).getPort());
                Storage secure = storage(front, settings(CHUNK, Duration.ofSeconds(20)));
                GcsStorageClient client =
                        builder(secure, Duration.ofSeconds(20)).build()) {
            front.drop(2);
            client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());
            assertThat(front.connections()).isEqualTo(1);
        }
        assertThat(read("a")).isEqualTo(content);
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        byte[] content = content(1, 3 * CHUNK + 7);
        try (TlsFront front = new TlsFront(folder, URI.create(server.endpoint()).getPort());
                Storage secure = storage(front, settings(CHUNK, Duration.ofSeconds(20)));
                GcsStorageClient client =
                        builder(secure, Duration.ofSeconds(20)).build()) {
            client.upload("a", ContentWriter.of(content), PutCondition.ifAbsent());
            for (int i = 0; i < 5; i++) {
                try (InputStream in = client.download("a", ByteRange.all())) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                }
            }
            assertThat(front.connections()).isLessThan(4);
        }
    }
}
