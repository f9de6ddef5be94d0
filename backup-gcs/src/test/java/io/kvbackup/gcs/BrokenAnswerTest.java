package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.cloud.storage.Storage;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyFault;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A short answer that stops in the middle costs no connection. */
class BrokenAnswerTest extends GcsTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Test
    void connectionWhoseAnswerStopsIsClosed() throws Exception {
        put("a", "content");
        try (FaultProxy proxy = FaultProxy.start(
                        URI.create(server.endpoint()), request -> new ProxyFault(Kind.STALL_RESPONSE, 30));
                Storage proxied = GcsClients.create(
                        new GcsConnection(proxy.endpoint(), null, GcsConnection.NONE, TIMEOUT),
                        new GcsSettings(CHUNK, null, null, TIMEOUT, TIMEOUT, Duration.ofMillis(1)));
                GcsStorageClient client = builder(proxied, TIMEOUT).build()) {
            assertThatThrownBy(() -> client.stat("a")).hasMessageContaining("attemptTimeout");
            // The JDK waits 5 s for the rest of a short answer before it gives the connection up.
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(proxy.openConnections()).isZero());
            await().untilAsserted(() -> assertThat(proxy.exchanges()).isNotEmpty());
        }
    }
}
