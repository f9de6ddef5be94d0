package io.kvbackup.s3;

import com.adobe.testing.s3mock.S3MockApplication;
import io.kvbackup.storage.contract.StoreUnderTest;
import software.amazon.awssdk.services.s3.S3Client;

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
class S3StorageClientContractTest extends S3Contract {
    @Override
    S3Client server() {
        return EmbeddedS3.client();
    }

    @Override
    String newBucket() {
        return EmbeddedS3.newBucket();
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
}
