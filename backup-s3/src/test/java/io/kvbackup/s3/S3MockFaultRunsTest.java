package io.kvbackup.s3;

import io.kvbackup.faults.FaultySite;
import io.kvbackup.faults.ServerFaultRuns;
import java.io.IOException;
import java.net.URI;
import software.amazon.awssdk.services.s3.S3Client;

class S3MockFaultRunsTest extends ServerFaultRuns {
    @Override
    protected FaultySite open(long seed) throws IOException {
        return new S3FaultySite(EmbeddedS3.endpoint(), EmbeddedS3.client(), EmbeddedS3.newBucket()) {
            @Override
            S3Client client(URI endpoint) {
                return new MockedS3Client(
                        S3Clients.create(EmbeddedS3.connection(endpoint), SETTINGS), EmbeddedS3.client());
            }
        };
    }
}
