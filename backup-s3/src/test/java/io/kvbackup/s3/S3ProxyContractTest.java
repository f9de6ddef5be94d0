package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.contract.StorageClientContract;
import io.kvbackup.storage.contract.StoreUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract on S3Proxy with objects in memory, which checks signatures, and of several writers with "if absent" lets one
 * win. What it does not do as S3 does is below; and it takes parts of an upload that was aborted.
 */
@StoreUnderTest(
        scheme = "s3:",
        server = "S3Proxy",
        versionOf = S3Proxy.class,
        deviations = {
            "in memory: `If-Match` races",
            "no key beside its folder",
            "keys from U+10000 on are listed by UTF-16 units",
            "parts are taken after an abort"
        })
class S3ProxyContractTest implements StorageClientContract {
    @TempDir
    Path temporary;

    private String bucket;
    private S3StorageClient client;

    @BeforeEach
    void open() {
        bucket = EmbeddedS3Proxy.newBucket();
        client = S3StorageClient.builder(EmbeddedS3Proxy.client(), bucket)
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

    /** It looks at the etag first and writes then, so that two writers can both win. */
    @Override
    public boolean supportsRacingReplacements() {
        return false;
    }

    /** Keys are paths of a file system in memory. */
    @Override
    public boolean supportsKeyBesideItsFolder() {
        return false;
    }

    /** For the same reason, one of the odd keys cannot stand beside another; and it sorts by UTF-16 units. */
    @Override
    public boolean supportsKey(String key) {
        return !key.equals(".kvbackup") && !key.startsWith("\ud83d");
    }

    @Override
    public void assertNothingLeftBehind() throws IOException {
        assertThat(EmbeddedS3Proxy.client()
                        .listMultipartUploads(request -> request.bucket(bucket))
                        .uploads())
                .as("open multipart uploads")
                .isEmpty();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files).as("temporary files").isEmpty();
        }
    }
}
