package io.kvbackup.s3;

import io.kvbackup.storage.contract.ModularHost;
import org.junit.jupiter.api.Test;

/** Core as a module, with this one on the class path, as a host has it that keeps Google's jars there. */
class ModularHostTest {
    @Test
    void aHostOnTheModulePathUsesAStore() throws Exception {
        String uri = "s3://" + EmbeddedS3.newBucket() + "?endpoint=" + EmbeddedS3.endpoint()
                + "&accessKey=test&secretKey=not-checked&partSize=";
        ModularHost.run(uri + "5MiB", 6 << 20);
        // Parts of that size go through files.
        ModularHost.run(uri.replace("?", "/large?") + "17MiB", 18 << 20);
    }
}
