package io.kvbackup.s3;

import io.kvbackup.faults.FaultySite;
import io.kvbackup.faults.ServerFaultRuns;
import java.io.IOException;
import java.net.URI;
import software.amazon.awssdk.services.s3.S3Client;

class S3ProxyFaultRunsTest extends ServerFaultRuns {
    @Override
    protected FaultySite open(long seed) throws IOException {
        return new S3FaultySite(EmbeddedS3Proxy.endpoint(), EmbeddedS3Proxy.client(), EmbeddedS3Proxy.newBucket()) {
            @Override
            S3Client client(URI endpoint) {
                return S3Clients.create(EmbeddedS3Proxy.connection(endpoint), SETTINGS);
            }
        };
    }
}
