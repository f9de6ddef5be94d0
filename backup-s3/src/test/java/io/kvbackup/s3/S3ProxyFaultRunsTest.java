package io.kvbackup.s3;

import java.net.URI;
import software.amazon.awssdk.services.s3.S3Client;

class S3ProxyFaultRunsTest extends S3FaultRuns {
    @Override
    URI server() {
        return EmbeddedS3Proxy.endpoint();
    }

    @Override
    S3Client connect(URI endpoint, S3Settings settings) {
        return S3Clients.create(EmbeddedS3Proxy.connection(endpoint), settings);
    }

    @Override
    S3Client honest() {
        return EmbeddedS3Proxy.client();
    }

    @Override
    String newBucket() {
        return EmbeddedS3Proxy.newBucket();
    }
}
