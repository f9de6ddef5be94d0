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
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients on a connection that the host has made. */
class HostStorageTest {
    private static Storage storage(GcsServer server, String token) {
        AccessToken access = new AccessToken(token, Date.from(Instant.now().plusSeconds(3_600)));
        return storage(server, OAuth2Credentials.create(access));
    }

    private static Storage storage(GcsServer server, OAuth2Credentials credentials) {
        return StorageOptions.http()
                .setHost(server.endpoint())
                .setProjectId("host")
                .setCredentials(credentials)
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
    void t1_sourceFailureIsTheFailureReportedEvenIfCredentialsThrowAnything() throws Exception {
        Moody credentials = new Moody();
        try (GcsServer server = GcsServer.start("bucket");
                Storage storage = storage(server, credentials);
                GcsStorageClient client = GcsStorageClient.builder(storage, "bucket")
                        .chunkSize(256 * 1024)
                        .build()) {
            assertThatThrownBy(() -> client.upload(
                            "a",
                            out -> {
                                out.write(new byte[600_000]);
                                credentials.broken = true;
                                throw new IOException("source broke");
                            },
                            PutCondition.none()))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("source broke")
                    .satisfies(e ->
                            assertThat(e.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
        }
    }

    /** Credentials of a host that fail in a way nobody expects. */
    private static final class Moody extends OAuth2Credentials {
        private static final long serialVersionUID = 1L;

        private boolean broken;

        @Override
        public Map<String, List<String>> getRequestMetadata(URI uri) {
            if (broken) {
                throw new IllegalStateException("key store is locked");
            }
            return Map.of("Authorization", List.of("Bearer any"));
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
