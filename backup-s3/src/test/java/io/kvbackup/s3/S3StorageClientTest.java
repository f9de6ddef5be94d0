package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract on S3Mock, whose conditions race and whose paths do not take every key. */
class S3StorageClientTest implements StorageClientContract {
    @TempDir
    Path temporary;

    private String bucket;
    private S3StorageClient client;

    @BeforeEach
    void open() {
        bucket = EmbeddedS3.newBucket();
        client = build(EmbeddedS3.client(), bucket, temporary);
    }

    S3StorageClient build(S3Client s3, String bucket, Path temporary) {
        return S3StorageClient.builder(s3, bucket)
                .prefix("some/prefix")
                .partSize(partSize())
                .copyThreshold(partSize())
                .temporaryDirectory(temporary)
                .build();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
    }

    @Override
    public StorageClient client() {
        return client;
    }

    @Override
    public int partSize() {
        return (int) PartSizes.MIN;
    }

    @Override
    public int manyObjects() {
        return 1_100;
    }

    @Override
    public boolean supportsRacingConditions() {
        return false;
    }

    @Override
    public boolean supportsKey(String key) {
        return true;
    }

    @Override
    public void assertNothingLeftBehind() throws IOException {
        assertThat(EmbeddedS3.client()
                        .listMultipartUploads(request -> request.bucket(bucket))
                        .uploads())
                .as("open multipart uploads")
                .isEmpty();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).as("temporary files").isEmpty();
        }
    }
}
