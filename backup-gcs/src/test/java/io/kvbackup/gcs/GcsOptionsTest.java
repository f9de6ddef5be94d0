package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a URI may say. */
class GcsOptionsTest {
    private static final String HTTP = "endpoint=http://127.0.0.1:9&";

    @TempDir
    private Path folder;

    @Test
    void uriOpensAStoreThatWorks() throws IOException {
        try (GcsServer server = GcsServer.start("my-bucket");
                StorageClient client = StorageClient.open(StorageUri.parse("gs://my-bucket/a/b/?endpoint="
                        + server.endpoint() + "/&chunkSize=512KiB&project=my-project&storageClass=NEARLINE"
                        + "&kmsKey=projects/p/locations/l/keyRings/r/cryptoKeys/k&attemptTimeout=10s&callTimeout=1m"
                        + "&connectTimeout=500ms"))) {
            client.upload("key", ContentWriter.of(new byte[600_000]), PutCondition.none());

            assertThat(client.toString()).isEqualTo("GcsStorageClient[gs://my-bucket/a/b]");
            assertThat(client.stat("key").orElseThrow().size()).isEqualTo(600_000);
            assertThat(server.requests().get(0))
                    .contains("name=a%2Fb%2Fkey")
                    .contains("kmsKeyName=projects%2Fp%2Flocations%2Fl%2FkeyRings%2Fr%2FcryptoKeys%2Fk");
        }
    }

    @Test
    void t18_unknownOptionIsRefused() {
        assertThatThrownBy(() -> open("gs://bucket?" + HTTP + "chunksize=8MiB"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown option 'chunksize'")
                .hasMessageContaining("chunkSize");
    }

    @Test
    void t18_valuesThatMakeNoSenseAreRefusedByName() {
        Map<String, String> wrong = Map.ofEntries(
                Map.entry("chunkSize=100", "chunkSize is 100"),
                Map.entry("chunkSize=300000", "multiple of 256 KiB"),
                Map.entry("chunkSize=512MiB", "256 MiB"),
                Map.entry("chunkSize=8GiB", "option chunkSize is '8GiB'"),
                Map.entry("chunkSize=much", "option chunkSize is 'much'"),
                Map.entry("storageClass=FAST", "STANDARD, NEARLINE, COLDLINE, ARCHIVE"),
                Map.entry("kmsKey=my-key", "projects/P/locations/L/keyRings/R/cryptoKeys/K"),
                Map.entry("attemptTimeout=soon", "option attemptTimeout is 'soon'"),
                Map.entry("attemptTimeout=10m", "attemptTimeout is PT10M"),
                Map.entry("attemptTimeout=0s", "must be positive"),
                Map.entry("connectTimeout=0s", "option connectTimeout is '0'"),
                Map.entry("project=", "option project has no value"),
                Map.entry("project=My Project", "option project is 'My Project'"));
        wrong.forEach((option, message) -> assertThatThrownBy(
                        () -> open("gs://bucket?" + HTTP + option.replace(" ", "%20")))
                .as(option)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message));
    }

    @Test
    void endpointsThatMakeNoSenseAreRefused() {
        for (String endpoint :
                new String[] {"nowhere", "ftp://host", "http://", "http://host/path", "http://host?a=b"}) {
            assertThatThrownBy(() -> open("gs://bucket?endpoint=" + endpoint.replace("=", "%3D")))
                    .as(endpoint)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("option endpoint is '" + endpoint.replace("host?a=b", "***") + "'");
        }
        assertThatThrownBy(() -> open("gs://bucket?endpoint=http://user:secret@host"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carries credentials")
                .hasMessageNotContaining("secret");
    }

    @Test
    void bucketsAndPrefixesThatCannotBeAreRefused() {
        for (String place : new String[] {
            "gs:bucket",
            "gs:///prefix",
            "gs://Bucket",
            "gs://b",
            "gs://bucket//a",
            "gs://bucket/a/../b",
            "gs://bucket/" + "p".repeat(124),
            "gs://bucket/a%0Ab"
        }) {
            assertThatThrownBy(() -> open(place + "?" + HTTP)).as(place).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void credentialsNeverTravelUnencrypted() {
        assertThatThrownBy(() -> open("gs://bucket?endpoint=http://127.0.0.1:9&credentials=default"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not encrypted");
    }

    @Test
    void keyFileThatIsNoneIsRefusedWithoutShowingIt() throws IOException {
        Path key = Files.writeString(
                folder.resolve("key.json"),
                "{\"type\":\"service_account\",\"client_id\":\"1\",\"client_email\":\"a@example.com\","
                        + "\"private_key_id\":\"hidden\",\"private_key\":\"top-secret\"}");

        assertThatThrownBy(() -> open("gs://bucket?credentials=" + key))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a service account's JSON key")
                .hasMessageNotContaining("secret")
                .hasNoCause();
        assertThatThrownBy(() -> open("gs://bucket?credentials=" + folder.resolve("missing.json")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot read key file");
    }

    private static void open(String uri) throws IOException {
        StorageClient.open(StorageUri.parse(uri)).close();
    }
}
