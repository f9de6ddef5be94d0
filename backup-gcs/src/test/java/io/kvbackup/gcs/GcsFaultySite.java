package io.kvbackup.gcs;

import com.google.cloud.storage.Storage;
import io.kvbackup.faults.FaultySite;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.ProxyExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Random;

/** A server of its own. */
final class GcsFaultySite implements FaultySite {
    private static final String BUCKET = "bucket";
    private static final int CHUNK = GcsSettings.GRANULARITY;
    private static final int LARGE = 5 * CHUNK + 7;
    private static final GcsSettings SETTINGS =
            new GcsSettings(CHUNK, null, null, Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofMillis(1));

    private final long seed;
    private final GcsServer server;
    private final StorageClient honest;

    GcsFaultySite(long seed) throws IOException {
        this.seed = seed;
        this.server = GcsServer.start(BUCKET);
        this.honest = connect(server());
    }

    @Override
    public URI server() {
        return URI.create(server.endpoint());
    }

    @Override
    public StorageClient honest() {
        return honest;
    }

    @Override
    public StorageClient connect(URI endpoint) throws IOException {
        return GcsStorageClient.builder(storage(endpoint), BUCKET)
                .settings(SETTINGS)
                .pauses(Duration.ofMillis(1), Retries.THREAD, new Random(seed))
                .owning()
                .build();
    }

    private static Storage storage(URI endpoint) throws IOException {
        return GcsClients.create(
                new GcsConnection(endpoint, null, GcsConnection.NONE, Duration.ofSeconds(2)), SETTINGS);
    }

    @Override
    public int largeBytes() {
        return LARGE;
    }

    @Override
    public int unfinishedUploads() throws IOException {
        return server.openUploads();
    }

    @Override
    public int excused(ProxyExchange exchange) {
        boolean opens = exchange.request().method().equals("POST")
                && exchange.request().target().contains("uploadType=resumable");
        return opens && exchange.fault().mayHideSuccess() ? 1 : 0;
    }

    @Override
    public void close() throws IOException {
        honest.close();
        server.close();
    }
}
