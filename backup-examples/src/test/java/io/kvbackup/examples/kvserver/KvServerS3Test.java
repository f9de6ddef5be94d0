package io.kvbackup.examples.kvserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.LoopbackS3;
import io.kvbackup.examples.http.HostProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server with an S3 server, as its options and its environment name it. */
@Tag("thorough")
class KvServerS3Test {
    private static LoopbackS3 s3;

    @BeforeAll
    static void startStore() {
        s3 = LoopbackS3.start();
    }

    @AfterAll
    static void stopStore() {
        s3.close();
    }

    @Test
    void optionsNameTheStoreAndBackupsComeByTheClock(@TempDir Path folder) throws Exception {
        try (HostProcess server = HostProcess.start(
                KvServer.class,
                Map.of(),
                "--port",
                "0",
                "--data-dir",
                folder.toString(),
                "--s3-endpoint",
                s3.endpoint(),
                "--s3-bucket",
                LoopbackS3.BUCKET,
                "--s3-access-key",
                "key",
                "--s3-secret-key",
                "secret",
                "--s3-region",
                "us-east-1",
                "--backup-interval",
                "1s")) {
            server.post("/create", "{\"name\":\"a\"}").isSuccess();
            server.post("/set/put", "{\"database\":\"a\",\"set\":\"s\",\"key\":\"k\",\"value\":1}")
                    .isSuccess();
            await().atMost(Duration.ofSeconds(30)).until(() -> backups(server).size() >= 2);
            String name = backups(server).get(0).path("name").asText();

            server.post("/drop", "{\"name\":\"a\"}").isSuccess();
            server.post("/backup/restore", "{\"backup_name\":\"" + name + "\"}").isSuccess();
            assertThat(server.post("/set/get", "{\"database\":\"a\",\"set\":\"s\",\"key\":\"k\"}")
                            .data()
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void theEnvironmentNamesTheStoreAndAnOptionSwitchesItOff(@TempDir Path folder) throws Exception {
        Map<String, String> environment = Map.of(
                "FUCKBASE_PORT", "0",
                "FUCKBASE_DATA_DIR", folder.toString(),
                "FUCKBASE_S3_ENDPOINT", s3.endpoint().replace("http://", ""),
                "FUCKBASE_S3_BUCKET", LoopbackS3.BUCKET,
                "FUCKBASE_S3_ACCESS_KEY", "key",
                "FUCKBASE_S3_SECRET_KEY", "secret",
                "FUCKBASE_BACKUP_INTERVAL", "0");
        try (HostProcess server = HostProcess.start(KvServer.class, environment)) {
            server.post("/create", "{\"name\":\"b\"}").isSuccess();
            server.post("/backup/create", "{\"database\":\"b\"}").isSuccess();
        }
        try (HostProcess server = HostProcess.start(KvServer.class, environment, "--s3-enabled=false")) {
            server.post("/backup/list", "{}").isError(404, "S3_NOT_ENABLED");
        }
    }

    private static JsonNode backups(HostProcess server) {
        return server.post("/backup/list", "{}").isSuccess().data().path("backups");
    }
}
