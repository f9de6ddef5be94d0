package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

class UploadTimeTest {
    private static final Instant NOW = Instant.parse("2024-05-06T07:08:09Z");

    @Test
    void aReplyWithoutATimeIsTimedByTheClock() throws IOException {
        assertThat(upload(SdkHttpResponse.builder().statusCode(200).build()).lastModified())
                .isEqualTo(NOW);
    }

    @Test
    void aReplyWithATimeThatCannotBeReadIsTimedByTheClock() throws IOException {
        SdkHttpResponse reply = SdkHttpResponse.builder()
                .statusCode(200)
                .putHeader("Date", "yesterday")
                .build();
        assertThat(upload(reply).lastModified()).isEqualTo(NOW);
    }

    private static StorageObject upload(SdkHttpResponse reply) throws IOException {
        return S3StorageClient.builder(new WriteOnly(reply), "bucket")
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build()
                .upload("key", ContentWriter.of(new byte[7]), PutCondition.none());
    }

    /** Takes objects, and cannot be asked for any. */
    private record WriteOnly(SdkHttpResponse reply) implements S3Client {
        @Override
        public PutObjectResponse putObject(PutObjectRequest request, RequestBody body) {
            PutObjectResponse.Builder response = PutObjectResponse.builder().eTag("\"put\"");
            response.sdkHttpResponse(reply);
            return response.build();
        }

        @Override
        public String serviceName() {
            return SERVICE_NAME;
        }

        @Override
        public void close() {}
    }
}
