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

/** The contract on a bucket of a server that all tests share. */
abstract class S3Contract implements StorageClientContract {
    @TempDir
    Path temporary;

    private String bucket;
    private S3StorageClient client;

    /** Stays open. */
    abstract S3Client server();

    abstract String newBucket();

    S3StorageClientBuilder builder(String bucket) {
        return S3StorageClient.builder(server(), bucket).prefix("some/prefix");
    }

    @BeforeEach
    void open() {
        bucket = newBucket();
        client = builder(bucket)
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
    public void assertNothingLeftBehind() throws IOException {
        assertThat(server().listMultipartUploads(request -> request.bucket(bucket))
                        .uploads())
                .as("open multipart uploads")
                .isEmpty();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).as("temporary files").isEmpty();
        }
    }
}
