package io.kvbackup.s3;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract in the mode for stores that are not AWS, and without a prefix. */
class S3CompatibilityContractTest extends S3StorageClientContractTest {
    private static S3Client compatible;

    @BeforeAll
    static void connect() {
        compatible = EmbeddedS3.create(ScriptedS3.settings(builder -> builder.compatibility(true)));
    }

    @AfterAll
    static void disconnect() {
        compatible.close();
    }

    @Override
    S3StorageClientBuilder builder(String bucket) {
        return S3StorageClient.builder(compatible, bucket).compatibility(true);
    }

    /** Listing is the same in both modes, and its pages are turned in the class above. */
    @Override
    public int manyObjects() {
        return 150;
    }
}
