package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.cloud.storage.Storage;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.contract.StorageFixture;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server and a client for each test; retries do not really pause. */
abstract class GcsTest implements StorageFixture {
    static final int CHUNK = GcsSettings.GRANULARITY;

    GcsServer server;
    Storage storage;
    GcsStorageClient client;

    @BeforeEach
    void open() throws IOException {
        server = GcsServer.start("bucket");
        storage = storage(Duration.ofSeconds(20));
        client = builder(storage, Duration.ofSeconds(20)).build();
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        storage.close();
        server.close();
    }

    Storage storage(Duration timeout) throws IOException {
        return GcsClients.create(
                new GcsConnection(URI.create(server.endpoint()), null, GcsConnection.NONE, Duration.ofSeconds(5)),
                settings(timeout));
    }

    static GcsStorageClientBuilder builder(Storage storage, Duration timeout) {
        return GcsStorageClient.builder(storage, "bucket")
                .prefix("some/prefix")
                .settings(settings(timeout))
                .pauses(Duration.ofMillis(1), new Hurried(), new Random(42));
    }

    private static GcsSettings settings(Duration timeout) {
        return new GcsSettings(CHUNK, null, null, timeout, timeout, Duration.ofMillis(1));
    }

    /** Time passes when somebody waits for it, without waiting. */
    static final class Hurried implements Retries.Sleeper {
        private final AtomicLong ahead = new AtomicLong();

        @Override
        public void sleep(Duration pause) {
            ahead.addAndGet(pause.toNanos());
        }

        @Override
        public long nanoTime() {
            return System.nanoTime() + ahead.get();
        }
    }

    @Override
    public GcsStorageClient client() {
        return client;
    }

    @Override
    public int partSize() {
        return CHUNK;
    }

    @Override
    public void assertNothingLeftBehind() {
        await().untilAsserted(() ->
                assertThat(server.openUploads()).as("unfinished uploads").isZero());
    }
}
