package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.adobe.testing.s3mock.S3MockApplication;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract on S3Mock, whose conditions race and whose paths do not take every key. */
@StoreUnderTest(
        scheme = "s3:",
        server = "S3Mock",
        versionOf = S3MockApplication.class,
        deviations = {
            "conditional writes race",
            "no keys with `\\\\`",
            "keys from U+10000 on are listed by UTF-16 units",
            "no signatures checked"
        })
class S3StorageClientContractTest implements StorageClientContract {
    @TempDir
    Path temporary;

    private String bucket;
    private S3StorageClient client;

    S3StorageClientBuilder builder(String bucket) {
        return S3StorageClient.builder(EmbeddedS3.client(), bucket).prefix("some/prefix");
    }

    @BeforeEach
    void open() {
        bucket = EmbeddedS3.newBucket();
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
    public boolean supportsRacingConditions() {
        return false;
    }

    @Override
    public boolean supportsKey(String key) {
        // It takes \\ for /, and sorts by UTF-16 units.
        return !key.contains("\\") && !key.startsWith("\ud83d");
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
