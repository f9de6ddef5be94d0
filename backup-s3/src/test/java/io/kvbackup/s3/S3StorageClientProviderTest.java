package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.objectstore.OptionValues;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageUri;
import java.io.IOException;
import java.util.List;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3StorageClientProviderTest {
    private static final String SECRET = "s3cr3t-s3cr3t-s3cr3t";
    private static final String PLACE = "s3://some-bucket/some/prefix";
    private static final String KEYS = "accessKey=someone&secretKey=" + SECRET;

    @Test
    void theSchemeIsServed() throws IOException {
        String bucket = EmbeddedS3.newBucket();
        String uri = "s3://" + bucket + "/backups/?" + KEYS + "&endpoint=" + EmbeddedS3.endpoint();
        try (StorageClient client = StorageClient.open(StorageUri.parse(uri))) {
            client.upload("a/b", ContentWriter.of(new byte[5]), PutCondition.ifAbsent());
            assertThat(client.stat("a/b").orElseThrow().size()).isEqualTo(5);
        }
        assertThat(EmbeddedS3.client()
                        .listObjectsV2(request -> request.bucket(bucket))
                        .contents())
                .extracting(object -> object.key())
                .containsExactly("backups/a/b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "region=eu-west-1",
                "endpoint=http://127.0.0.1:1",
                "endpoint=http://127.0.0.1:1&pathStyle=false&compatibility=true",
                "region=eu-west-1&partSize=5242880&concurrency=8",
                "region=eu-west-1&partSize=64MiB",
                "region=eu-west-1&sse=AES256&storageClass=STANDARD_IA",
                "region=eu-west-1&sse=aws:kms&kmsKeyId=alias/backups",
                "region=eu-west-1&attemptTimeout=500ms&callTimeout=1h&connectTimeout=3s",
                "region=eu-west-1&sessionToken=token"
            })
    void sensibleOptionsAreTaken(String options) {
        assertThatCode(() -> open(PLACE + "?" + KEYS + "&" + options).close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "partSize=5MB | option partSize is '5MB'; it must be a size such as 8MiB",
                "partSize=4MiB | partSize is 4194304",
                "partSize=6GiB | 5 MiB to 5 GiB",
                "partSize=99999999999GiB | option partSize is '99999999999GiB'",
                "concurrency=0 | concurrency is 0",
                "concurrency=many | option concurrency is 'many'",
                "compatibility=yes | option compatibility is 'yes'; it must be true or false",
                "pathStyle=1 | option pathStyle is '1'",
                "sse=rot13 | sse is 'rot13'; it must be AES256 or aws:kms",
                "kmsKeyId=key | kmsKeyId is 'key' and sse is 'null'",
                "sse=AES256&kmsKeyId=key | needs sse=aws:kms",
                "storageClass=COLD | storageClass is 'COLD'; it must be one",
                "storageClass=DEEP_ARCHIVE | objects can be read at once",
                "attemptTimeout=5 | option attemptTimeout is '5'; it must be a time such as",
                "attemptTimeout=0s | must be positive",
                "attemptTimeout=2m&callTimeout=1m | not longer than the second",
                "connectTimeout=0s | option connectTimeout",
                "endpoint=127.0.0.1:9000 | option endpoint is '127.0.0.1:9000'; it must be a URI such as",
                "endpoint=ftp://host | option endpoint is 'ftp://host'",
                "endpoint=http:// | option endpoint is 'http://'",
                "region=eu west | option region is 'eu west'",
                "region= | option region has no value",
                "retention=3 | unknown option number 3",
            })
    void nonsenseIsRefusedWithItsValue(String options, String message) {
        assertRefused(PLACE + "?" + KEYS + "&" + options, message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s3:///prefix | names no bucket",
                "s3://127.0.0.1:9000/bucket | in option endpoint",
                "s3://bucket/a//b | segment",
                "s3://bucket/../b | segment",
            })
    void impossiblePlacesAreRefused(String place, String message) {
        assertRefused(place + "?region=eu-west-1&" + KEYS, message);
    }

    @Test
    void aPrefixLeavesRoomForKeys() {
        assertThatCode(() -> new S3Place("bucket", "p".repeat(123))).doesNotThrowAnyException();
        assertThatThrownBy(() -> new S3Place("bucket", "p".repeat(124)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("124 bytes");
    }

    @Test
    void secretsShowNowhere() throws IOException {
        for (String options : List.of(
                "secretKey=" + SECRET,
                "accessKey=someone&secretKey=" + SECRET + "&partSize=1",
                "sessionToken=" + SECRET,
                "endpoint=http://user:" + SECRET + "@host")) {
            assertThatThrownBy(
                            () -> open(PLACE + "?region=eu-west-1&" + options).close())
                    .as(options)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining(SECRET)
                    .satisfies(e -> assertThat(Throwables.getStackTrace(e)).doesNotContain(SECRET));
        }
        OptionValues values = new OptionValues(
                StorageUri.parse(PLACE + "?" + KEYS + "&endpoint=http://127.0.0.1:1&sessionToken=" + SECRET)
                        .options());
        assertThat(values.toString()).contains("secretKey").doesNotContain(SECRET);
        assertThat(S3Connection.parse(values).toString()).contains("127.0.0.1").doesNotContain(SECRET);
    }

    @Test
    void messagesOfAStoreOutOfReachKeepSecretsToThemselves() throws IOException {
        String uri = PLACE + "?" + KEYS + "&endpoint=http://127.0.0.1:1&connectTimeout=1s&callTimeout=5s"
                + "&attemptTimeout=2s";
        try (StorageClient client = open(uri)) {
            assertThat(client.toString()).isEqualTo("S3StorageClient[s3://some-bucket/some/prefix]");
            assertThatThrownBy(() -> client.stat("a"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot stat s3://some-bucket/some/prefix/a")
                    .hasMessageContaining("check option endpoint")
                    .hasMessageNotContaining(SECRET);
        }
    }

    private static void assertRefused(String uri, String message) {
        assertThatThrownBy(() -> open(uri).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining(SECRET);
    }

    private static StorageClient open(String uri) throws IOException {
        return StorageClient.open(StorageUri.parse(uri));
    }
}
