package io.kvbackup.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.server.BackupServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The code of the page about the server. */
class ServerSnippetTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @Test
    void aServerIsStarted() throws Exception {
        int port = 0;
        try (BackupManager manager =
                BackupManager.builder().storage("mem:server-snippet").build()) {
            // region server
            try (BackupServer server = BackupServer.builder(manager).port(port).start()) {
                out.println("The backups are shown at " + server.uri());
            }
            // endregion
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("http://127.0.0.1:");
    }
}
