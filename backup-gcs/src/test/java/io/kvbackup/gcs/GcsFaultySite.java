package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Blob;
import com.google.cloud.storage.Storage;
import io.kvbackup.faults.FaultySite;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.ProxyExchange;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

/** A server of its own. */
final class GcsFaultySite implements FaultySite {
    private static final String BUCKET = "bucket";
    private static final int CHUNK = GcsSettings.GRANULARITY;
    private static final int LARGE = 5 * CHUNK + 7;
    private static final GcsSettings SETTINGS =
            new GcsSettings(CHUNK, null, null, Duration.ofSeconds(1), Duration.ofSeconds(4), Duration.ofMillis(1));

    private static final int SEEDS_PER_COMPOSED = 3;
    private static final int CONCURRENCY = 3;
    private static final int PARTS = LARGE / CHUNK + 1;

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
                .concurrency(seed % SEEDS_PER_COMPOSED == 1 ? CONCURRENCY : 1)
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
        return server.openUploads() + parts().size();
    }

    private List<String> parts() throws IOException {
        try (Storage storage = storage(server())) {
            return storage.list(BUCKET)
                    .streamAll()
                    .map(Blob::getName)
                    .filter(PartFolder::holds)
                    .toList();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    /** Parts whose deletion met with a fault may stay as well; {@link #close} sees whether they are found then. */
    @Override
    public int excused(ProxyExchange exchange) {
        String method = exchange.request().method();
        String target = exchange.request().target();
        if (method.equals("POST") && target.contains("uploadType=resumable")) {
            return exchange.fault().mayHideSuccess() ? 1 : 0;
        }
        boolean deletes = method.equals("DELETE") || target.contains("/batch");
        return deletes && exchange.fault().kind() != Kind.NONE ? PARTS : 0;
    }

    @Override
    public void close() throws IOException {
        honest.abandonUploads("", Instant.MAX);
        assertThat(parts()).as("parts that are not even found as abandoned").isEmpty();
        honest.close();
        server.close();
    }
}
