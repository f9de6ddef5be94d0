package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.kvbackup.job.JobRecord;
import io.kvbackup.job.JobStatus;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private HttpServer server;
    private volatile boolean hangs;
    private volatile int answer = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (hangs) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static BackupManager manager(String url) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("kvbackup.heartbeat.url", url);
        return BackupManager.builder()
                .storage(new MemoryStorageClient())
                .properties(properties)
                .build();
    }

    private static JobRecord run(BackupManager manager, boolean fails) throws Exception {
        manager.jobs().schedule("nightly", Schedule.every(Duration.ofDays(1000)), JobTask.of("work", job -> {
            if (fails) {
                throw new IOException("on purpose");
            }
        }));
        return manager.jobs().runNow("nightly").await();
    }

    @Test
    void tellsOfTheStartAndTheEndOfEachRun() throws Exception {
        try (BackupManager manager = manager(url("/ping/secret/?a=b"))) {
            manager.jobs().submit(JobTask.of("of no schedule", job -> {})).await();
            run(manager, false);
        }
        assertThat(asked).containsExactly("GET /ping/secret/start?a=b", "GET /ping/secret?a=b");
    }

    @Test
    void tellsOfAFailureUnderTheNameOfTheSchedule() throws Exception {
        try (BackupManager manager = manager(url("/{schedule}"))) {
            assertThat(run(manager, true).status()).isEqualTo(JobStatus.ERROR);
        }
        assertThat(asked).containsExactly("GET /nightly/start", "GET /nightly/fail");
    }

    @Test
    void aServiceThatHangsOrRefusesNeitherDelaysNorFailsAJob() throws Exception {
        answer = 500;
        try (BackupManager manager = manager(url("/secret"));
                LogLines log = new LogLines()) {
            hangs = true;
            assertThat(run(manager, false).status()).isEqualTo(JobStatus.FINISHED);
            release.countDown();
            manager.close();
            assertThat(asked).hasSize(2);
            assertThat(log.warnings("answers '' with 500")).hasSize(1);
            assertThat(log.warnings("secret")).isEmpty();
        }
    }

    @Test
    void aServiceThatIsAwayChangesNothing() throws Exception {
        String away = url("/secret");
        server.stop(0);
        try (LogLines log = new LogLines()) {
            try (BackupManager manager = manager(away)) {
                assertThat(run(manager, false).status()).isEqualTo(JobStatus.FINISHED);
            }
            assertThat(log.warnings("could not be told")).hasSize(2);
            assertThat(log.warnings("secret")).isEmpty();
        }
    }

    @Test
    void whatIsNoUrlIsRefusedWithoutShowingIt() {
        for (String wrong : List.of("secret", "ftp://host/secret", "http:///secret", "http://host name/secret")) {
            assertThatThrownBy(() -> manager(wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("kvbackup.heartbeat.url", "https://")
                    .message()
                    .doesNotContain("secret");
        }
    }
}
