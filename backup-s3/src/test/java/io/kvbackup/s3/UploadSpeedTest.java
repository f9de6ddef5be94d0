package io.kvbackup.s3;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.bounds.UploadSpeed;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyScript;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Parts in flight keep a link with latency busy. */
@Tag("thorough")
class UploadSpeedTest {
    private static final int PARTS = 24;
    private static final int CONCURRENCY = 6;

    @Test
    void threeTimesAsFastAsOnePartAtATime() throws IOException {
        String bucket = EmbeddedS3Proxy.newBucket();
        try (FaultProxy proxy = FaultProxy.start(EmbeddedS3Proxy.endpoint(), ProxyScript.HONEST)) {
            new UploadSpeed(
                            proxy,
                            (endpoint, concurrency) -> open(endpoint, bucket, concurrency),
                            S3Settings.DEFAULTS.partSize(),
                            PARTS)
                    .assertThreeTimesAsFast(
                            CONCURRENCY, request -> request.target().contains("partNumber="));
        }
    }

    private static StorageClient open(URI endpoint, String bucket, int concurrency) throws IOException {
        S3Settings settings = ScriptedS3.settings(builder -> builder.concurrency(concurrency));
        return S3StorageClient.builder(S3Clients.create(EmbeddedS3Proxy.connection(endpoint), settings), bucket)
                .settings(settings)
                .owning()
                .build();
    }
}
