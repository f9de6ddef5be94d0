package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.s3.ScriptedS3.Answer;
import io.kvbackup.s3.ScriptedS3.Request;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the settings put on the wire. */
@Timeout(60)
class WireFormatTest {
    private static final byte[] LARGE = new byte[(int) PartSizes.MIN + 1];

    @Test
    void contentCarriesChecksumsOfOneAlgorithm() throws IOException {
        for (Request request : requests(builder -> builder)) {
            switch (request.operation()) {
                case "Create" ->
                    assertThat(request.header("x-amz-checksum-algorithm")).contains("CRC32");
                case "Put", "UploadPart" ->
                    assertThat(request.header("x-amz-trailer").orElse("") + request.headers())
                            .containsIgnoringCase("x-amz-checksum-crc32");
                case "Complete" -> assertThat(request.body()).contains("<ChecksumCRC32>AAAAAA==</ChecksumCRC32>");
                case "Get" -> assertThat(request.header("x-amz-checksum-mode")).contains("ENABLED");
                default -> assertThat(request.operation()).isEqualTo("DeleteObjects");
            }
        }
    }

    @Test
    void compatibilityLeavesOutWhatSomeStoresReject() throws IOException {
        List<Request> requests = requests(builder -> builder.compatibility(true));
        for (Request request : requests) {
            assertThat(request.headers().toString() + request.body())
                    .as(request.operation())
                    .doesNotContainIgnoringCase("aws-chunked")
                    .doesNotContainIgnoringCase("x-amz-checksum")
                    .doesNotContainIgnoringCase("x-amz-trailer")
                    .doesNotContain("ChecksumCRC32");
        }
        assertThat(requests).extracting(Request::operation).contains("Delete").doesNotContain("DeleteObjects");
        assertThat(requests.get(0).body()).isEqualTo("small");
    }

    @Test
    void encryptionAndStorageClassAreAskedFor() throws IOException {
        UnaryOperator<S3StorageClientBuilder> change =
                builder -> builder.sse("aws:kms").kmsKeyId("a-key").storageClass("STANDARD_IA");
        List<Request> writes = requests(change).stream()
                .filter(request -> List.of("Put", "Create").contains(request.operation()))
                .toList();
        assertThat(writes).hasSize(2).allSatisfy(request -> {
            assertThat(request.header("x-amz-server-side-encryption")).contains("aws:kms");
            assertThat(request.header("x-amz-server-side-encryption-aws-kms-key-id"))
                    .contains("a-key");
            assertThat(request.header("x-amz-storage-class")).contains("STANDARD_IA");
        });
    }

    /** A small and a large upload, a download and a deletion. */
    private static List<Request> requests(UnaryOperator<S3StorageClientBuilder> change) throws IOException {
        S3Settings settings = ScriptedS3.settings(builder -> change.apply(builder.partSize(PartSizes.MIN)));
        try (ScriptedS3 store = new ScriptedS3(WireFormatTest::answer);
                S3StorageClient client = store.client(settings)) {
            client.upload("small", ContentWriter.of(new byte[] {'s', 'm', 'a', 'l', 'l'}), PutCondition.none());
            client.upload("large", ContentWriter.of(LARGE), PutCondition.none());
            try (InputStream in = client.download("small", ByteRange.all())) {
                assertThat(in.readAllBytes()).hasSize(5);
            }
            client.delete(List.of("small", "large"));
            return List.copyOf(store.requests());
        }
    }

    private static Answer answer(Request request) {
        return switch (request.operation()) {
            case "Get" -> Answer.of(200, Map.of("ETag", "\"e\""), "small");
            case "DeleteObjects" -> Answer.xml("<DeleteResult/>");
            case "Delete" -> Answer.of(204, Map.of(), "");
            default -> ScriptedUploads.answer(request);
        };
    }
}
