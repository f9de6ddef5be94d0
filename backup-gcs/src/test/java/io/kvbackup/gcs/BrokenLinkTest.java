package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.cloud.storage.Storage;
import io.kvbackup.faults.BrokenLinkRestore;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.BrokenLink;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokenLinkTest {
    private static final int SIZE = 45 << 20;
    private static final GcsSettings HURRIED = new GcsSettings(
            GcsSettings.DEFAULTS.chunkSize(),
            null,
            null,
            GcsSettings.DEFAULTS.attemptTimeout(),
            GcsSettings.DEFAULTS.callTimeout(),
            Duration.ofMillis(1));

    @ParameterizedTest
    @EnumSource(names = {"RESET_RESPONSE", "TRUNCATE_RESPONSE"})
    void restoreOverALinkThatBreaksEvery10MiBReadsNothingTwice(Kind kind) throws Exception {
        try (GcsServer server = GcsServer.start("bucket");
                FaultProxy link = FaultProxy.start(URI.create(server.endpoint()), new BrokenLink(kind, 10 << 20));
                Storage direct = storage(URI.create(server.endpoint()));
                Storage broken = storage(link.endpoint());
                StorageClient honest = GcsStorageClient.of(direct, "bucket", "");
                StorageClient faulty = GcsStorageClient.builder(broken, "bucket")
                        .settings(HURRIED)
                        .build()) {
            BrokenLink.Repeats repeats = new BrokenLinkRestore(SIZE).run(honest, faulty, link);
            System.out.println(kind + ": " + repeats);
            assertThat(repeats.breaks()).isBetween(SIZE / (10 << 20), SIZE / (10 << 20) + 3);
            assertThat(repeats.most()).isLessThanOrEqualTo(GcsSettings.DEFAULTS.chunkSize());
        }
    }

    private static Storage storage(URI endpoint) throws IOException {
        return GcsClients.create(
                new GcsConnection(endpoint, null, GcsConnection.NONE, Duration.ofSeconds(5)), GcsSettings.DEFAULTS);
    }
}
