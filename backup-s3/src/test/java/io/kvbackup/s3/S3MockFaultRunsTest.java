package io.kvbackup.s3;

import java.net.URI;
import software.amazon.awssdk.services.s3.S3Client;

class S3MockFaultRunsTest extends S3FaultRuns {
    @Override
    URI server() {
        return EmbeddedS3.endpoint();
    }

    @Override
    S3Client connect(URI endpoint, S3Settings settings) {
        return new MockedS3Client(S3Clients.create(EmbeddedS3.connection(endpoint), settings), honest());
    }

    @Override
    S3Client honest() {
        return EmbeddedS3.client();
    }

    @Override
    String newBucket() {
        return EmbeddedS3.newBucket();
    }
}
