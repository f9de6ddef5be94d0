package io.kvbackup.gcs;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.bounds.UploadSpeed;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyRequest;
import io.kvbackup.storage.faults.ProxyScript;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Parts in flight keep a link with latency busy. */
class UploadSpeedTest {
    private static final int CHUNK = GcsSettings.GRANULARITY;
    private static final int CHUNKS = 100;
    private static final int CONCURRENCY = 6;

    @Test
    void threeTimesAsFastAsOneChunkAtATime() throws IOException {
        try (GcsServer server = GcsServer.start("bucket");
                FaultProxy proxy = FaultProxy.start(URI.create(server.endpoint()), ProxyScript.HONEST)) {
            new UploadSpeed(proxy, UploadSpeedTest::open, CHUNK, CHUNKS)
                    .assertThreeTimesAsFast(CONCURRENCY, UploadSpeedTest::isPart);
        }
    }

    private static boolean isPart(ProxyRequest request) {
        return request.target().contains("kvbackup-parts") && request.target().contains("uploadType=");
    }

    private static StorageClient open(URI endpoint, int concurrency) throws IOException {
        GcsSettings settings = new GcsSettings(
                CHUNK, null, null, Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMillis(500), concurrency);
        return GcsStorageClient.builder(
                        GcsClients.create(
                                new GcsConnection(endpoint, null, GcsConnection.NONE, Duration.ofSeconds(5)), settings),
                        "bucket")
                .settings(settings)
                .owning()
                .build();
    }
}
