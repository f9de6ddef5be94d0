package io.kvbackup.gcs;

import io.kvbackup.gcs.server.GcsServer;
import io.kvbackup.storage.contract.ModularHost;
import org.junit.jupiter.api.Test;

/** Core as a module, with this one and Google's jars on the class path: they cannot be on a module path. */
class ModularHostTest {
    @Test
    void aHostOnTheModulePathUsesAStore() throws Exception {
        try (GcsServer server = GcsServer.start("bucket")) {
            ModularHost.run("gs://bucket/p?endpoint=" + server.endpoint() + "&chunkSize=512KiB", 3 << 20);
        }
    }
}
