package io.kvbackup.gcs;

import static io.kvbackup.storage.contract.StorageFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.OAuth2Credentials;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.lang.reflect.Proxy;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients on a connection that the host has made. */
class HostStorageTest {
    private static Storage storage(GcsServer server, String token) {
        AccessToken access = new AccessToken(token, Date.from(Instant.now().plusSeconds(3_600)));
        return StorageOptions.http()
                .setHost(server.endpoint())
                .setProjectId("host")
                .setCredentials(OAuth2Credentials.create(access))
                .build()
                .getService();
    }

    @Test
    void hostsCredentialsGoWithEveryRequest() throws Exception {
        try (GcsServer server = GcsServer.startWithToken("bucket", "the-token");
                Storage storage = storage(server, "the-token");
                GcsStorageClient client = GcsStorageClient.builder(storage, "bucket")
                        .chunkSize(256 * 1024)
                        .build()) {
            client.upload("small", ContentWriter.of(text("content")), PutCondition.ifAbsent());
            client.upload("large", ContentWriter.of(new byte[600_000]), PutCondition.ifAbsent());
            client.copy("small", "copy");
            client.delete(List.of("small", "large"));

            assertThat(client.list("").map(object -> object.key())).containsExactly("copy");
            try (var in = client.download("copy", ByteRange.all())) {
                assertThat(in.readAllBytes()).isEqualTo(text("content"));
            }
        }
    }

    @Test
    void wrongTokenIsRefusedAndNeverShown() throws Exception {
        try (GcsServer server = GcsServer.startWithToken("bucket", "the-token");
                Storage storage = storage(server, "wrong-token");
                GcsStorageClient client = GcsStorageClient.of(storage, "bucket", "")) {
            assertThatThrownBy(() -> client.stat("a"))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageNotContaining("wrong-token");
            assertThatThrownBy(() -> client.upload("a", out -> out.write(1), PutCondition.none()))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageNotContaining("wrong-token");
            assertThat(client.toString()).doesNotContain("token");
        }
    }

    @Test
    void hostsStorageStaysOpenAndOwnIsClosedOnce() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        try (GcsServer server = GcsServer.start("bucket");
                Storage storage = storage(server, "any")) {
            Storage counting = (Storage) Proxy.newProxyInstance(
                    Storage.class.getClassLoader(), new Class<?>[] {Storage.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            closed.incrementAndGet();
                            return null;
                        }
                        return method.invoke(storage, arguments);
                    });
            GcsStorageClient.of(counting, "bucket", "").close();
            assertThat(closed).hasValue(0);

            GcsStorageClient owner =
                    GcsStorageClient.builder(counting, "bucket").owning().build();
            owner.close();
            owner.close();
            assertThat(closed).hasValue(1);
        }
    }
}
