package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.faults.BrokenLinkRestore;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.faults.BrokenLink;
import io.kvbackup.storage.faults.FaultProxy;
import io.kvbackup.storage.faults.ProxyFault.Kind;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BrokenLinkTest {
    private static final int SIZE = 45 << 20;

    @ParameterizedTest
    @EnumSource(names = {"RESET_RESPONSE", "TRUNCATE_RESPONSE"})
    void restoreOverALinkThatBreaksEvery10MiBReadsNothingTwice(Kind kind) throws IOException {
        String bucket = EmbeddedS3Proxy.newBucket();
        try (FaultProxy link = FaultProxy.start(EmbeddedS3Proxy.endpoint(), new BrokenLink(kind, 10 << 20));
                StorageClient honest = S3StorageClient.of(EmbeddedS3Proxy.client(), bucket, "");
                StorageClient faulty = S3StorageClient.builder(
                                S3Clients.create(EmbeddedS3Proxy.connection(link.endpoint()), S3Settings.DEFAULTS),
                                bucket)
                        .owning()
                        .build()) {
            BrokenLink.Repeats repeats = new BrokenLinkRestore(SIZE).run(honest, faulty, link);
            System.out.println(kind + ": " + repeats);
            assertThat(repeats.breaks()).isBetween(SIZE / (10 << 20), SIZE / (10 << 20) + 3);
            assertThat(repeats.most()).isLessThanOrEqualTo(S3Settings.DEFAULTS.partSize());
        }
    }
}
