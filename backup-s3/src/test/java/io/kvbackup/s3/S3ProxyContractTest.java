package io.kvbackup.s3;

import io.kvbackup.storage.contract.StoreUnderTest;
import org.gaul.s3proxy.S3Proxy;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The contract on S3Proxy with objects in memory, which checks signatures, and of several writers with "if absent" lets
 * one win. What it does not do as S3 does is below; and it takes parts of an upload that was aborted.
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
class S3ProxyContractTest extends S3Contract {
    @Override
    S3Client server() {
        return EmbeddedS3Proxy.client();
    }

    @Override
    String newBucket() {
        return EmbeddedS3Proxy.newBucket();
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
}
