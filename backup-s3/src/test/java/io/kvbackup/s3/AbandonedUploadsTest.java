package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Multipart uploads of dead processes. */
@Timeout(120)
class AbandonedUploadsTest {
    private static final Instant OLD = Instant.parse("2026-11-01T00:00:00Z");
    private static final Instant BEFORE = Instant.parse("2026-11-10T00:00:00Z");
    private static final Instant YOUNG = Instant.parse("2026-11-20T00:00:00Z");
    private static final int PAGE = 1_000;
    private static final S3Settings HASTY =
            ScriptedS3.settings(builder -> builder.timeouts(Duration.ofSeconds(2), Duration.ofSeconds(2)));

    /** Servers of the tests, which both know the listing. */
    private enum Server {
        S3MOCK,
        S3PROXY;

        S3Client client() {
            return this == S3MOCK ? EmbeddedS3.client() : EmbeddedS3Proxy.client();
        }

        String newBucket() {
            return this == S3MOCK ? EmbeddedS3.newBucket() : EmbeddedS3Proxy.newBucket();
        }
    }

    /** Outside the time that a test has. */
    @BeforeAll
    static void startServers() {
        for (Server server : Server.values()) {
            assertThat(server.client()).isNotNull();
        }
    }

    /** What a process leaves that dies after its first part. */
    private static void die(S3Client s3, String bucket, String key) {
        s3.createMultipartUpload(request -> request.bucket(bucket).key(key));
    }

    private static List<String> open(S3Client s3, String bucket) {
        return s3.listMultipartUploads(request -> request.bucket(bucket)).uploads().stream()
                .map(MultipartUpload::key)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void oldOnesBelowThePrefixAreAborted(Server server) throws IOException {
        String bucket = server.newBucket();
        S3Client s3 = server.client();
        try (S3StorageClient client = S3StorageClient.of(s3, bucket, "some/prefix")) {
            client.upload("backups/a", ContentWriter.of(new byte[7]), PutCondition.none());
            die(s3, bucket, "some/prefix/backups/a");
            die(s3, bucket, "some/prefix/other/b");
            die(s3, bucket, "some/prefixes/backups/c");
            die(s3, bucket, "backups/d");

            client.deleteStaleUploads("backups/", Instant.now().minus(Duration.ofHours(1)));
            assertThat(open(s3, bucket)).as("all are younger than that").hasSize(4);

            client.deleteStaleUploads("backups/", Instant.now().plus(Duration.ofHours(1)));
            assertThat(open(s3, bucket))
                    .containsExactlyInAnyOrder("some/prefix/other/b", "some/prefixes/backups/c", "backups/d");
            client.deleteStaleUploads("", Instant.now().plus(Duration.ofHours(1)));
            assertThat(open(s3, bucket)).containsExactlyInAnyOrder("some/prefixes/backups/c", "backups/d");
            try (InputStream in = client.download("backups/a", ByteRange.all())) {
                assertThat(in.readAllBytes()).hasSize(7);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Server.class)
    void runningUploadOfTheSameClientStays(Server server) throws IOException {
        String bucket = server.newBucket();
        byte[] part = new byte[(int) PartSizes.MIN];
        try (S3StorageClient client = S3StorageClient.of(server.client(), bucket, "")) {
            client.upload(
                    "a",
                    out -> {
                        out.write(part);
                        out.write(part);
                        assertThat(open(server.client(), bucket)).containsExactly("a");
                        client.deleteStaleUploads("", Instant.MAX);
                        out.write(part);
                    },
                    PutCondition.none());
            assertThat(client.stat("a").orElseThrow().size()).isEqualTo(3L * part.length);
            assertThat(open(server.client(), bucket)).isEmpty();
        }
    }

    @Test
    void allPagesAreLookedAtAndOnlyOldOnesAborted() throws IOException {
        int count = 2 * PAGE + 1;
        try (ScriptedS3 store = new ScriptedS3(request -> answer(request, count));
                S3StorageClient client = store.client(S3Settings.DEFAULTS)) {
            client.deleteStaleUploads("backups/", BEFORE);

            Map<String, Long> asked =
                    store.operations().stream().collect(Collectors.groupingBy(each -> each, Collectors.counting()));
            assertThat(asked).isEqualTo(Map.of("ListUploads", 3L, "Abort", (count + 1) / 2L));
            assertThat(store.requests().get(0).parameter("prefix")).contains("backups/");
            assertThat(store.requests().stream().flatMap(each -> each.parameter("uploadId").stream()))
                    .doesNotHaveDuplicates()
                    .contains("u0", "u1000", "u2000")
                    .doesNotContain("u1", "u1001");
        }
    }

    /** Every second one is old, and all are of one key, so that only their ids tell where a page begins. */
    private static Answer answer(Request request, int count) {
        if (!request.operation().equals("ListUploads")) {
            return ScriptedUploads.answer(request);
        }
        int first = request.parameter("upload-id-marker")
                .map(marker -> Integer.parseInt(marker.substring(1)) + 1)
                .orElse(0);
        int end = Math.min(count, first + PAGE);
        String uploads = IntStream.range(first, end)
                .mapToObj(number -> upload("backups/a%20b", number, number % 2 == 0 ? OLD : YOUNG))
                .collect(Collectors.joining());
        return Answer.xml("<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>" + (end < count)
                + "</IsTruncated><NextKeyMarker>backups/a%20b</NextKeyMarker><NextUploadIdMarker>u" + (end - 1)
                + "</NextUploadIdMarker>" + uploads + "</ListMultipartUploadsResult>");
    }

    private static String upload(String key, int number, Instant initiated) {
        return "<Upload><Key>" + key + "</Key><UploadId>u" + number + "</UploadId><Initiated>" + initiated
                + "</Initiated></Upload>";
    }

    @ParameterizedTest
    @CsvSource({
        "ListUploads, 403, AccessDenied",
        "ListUploads, 501, NotImplemented",
        "ListUploads, 400, InvalidRequest",
        "ListUploads, 404, NoSuchKey",
        "ListUploads, 405, MethodNotAllowed",
        "Abort, 403, AccessDenied"
    })
    void whatTheStoreDoesNotAllowOrKnowIsPassedOver(String operation, int status, String code) throws IOException {
        try (ScriptedS3 store = failing(operation, status, code);
                S3StorageClient client = store.client(S3Settings.DEFAULTS)) {
            client.deleteStaleUploads("", BEFORE);
            client.deleteStaleUploads("", BEFORE);
            assertThat(store.operations()).filteredOn(operation::equals).hasSize(2);
        }
    }

    @Test
    void uploadThatIsGoneIsPassedOver() throws IOException {
        try (ScriptedS3 store = failing("Abort", 404, "NoSuchUpload");
                S3StorageClient client = store.client(S3Settings.DEFAULTS)) {
            client.deleteStaleUploads("", BEFORE);
            assertThat(store.operations()).filteredOn("Abort"::equals).hasSize(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"ListUploads, 404, NoSuchBucket", "ListUploads, 503, SlowDown", "Abort, 500, InternalError"})
    void otherFailuresAreTold(String operation, int status, String code) throws IOException {
        try (ScriptedS3 store = failing(operation, status, code);
                S3StorageClient client = store.client(HASTY)) {
            assertThatThrownBy(() -> client.deleteStaleUploads("", BEFORE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("s3://bucket/");
        }
    }

    @Test
    void listingWithoutAnEndIsTold() throws IOException {
        String endless = "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>";
        try (ScriptedS3 store = new ScriptedS3(request -> Answer.xml(endless));
                S3StorageClient client = store.client(S3Settings.DEFAULTS)) {
            assertThatThrownBy(() -> client.deleteStaleUploads("", BEFORE)).hasMessageContaining("not how to ask");
        }
    }

    /** A store with three uploads, of which two are old, that fails at one kind of request. */
    private static ScriptedS3 failing(String operation, int status, String code) throws IOException {
        return new ScriptedS3(
                request -> request.operation().equals(operation) ? Answer.error(status, code) : answer(request, 3));
    }
}
