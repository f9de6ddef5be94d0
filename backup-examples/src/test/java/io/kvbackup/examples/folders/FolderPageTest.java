package io.kvbackup.examples.folders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.examples.http.HostProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. Skipped where there is no Chromium. */
@Tag("thorough")
class FolderPageTest {
    @TempDir
    private Path folder;

    /** The browser may still write to it while it ends. */
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path profile;

    @Test
    void thePageShowsFoldersAndBacksThemUp() throws Exception {
        assumeTrue(Chromium.binary().isPresent(), "no Chromium here");
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/file"), "content");
        Files.writeString(folder.resolve("config.ini"), """
            [foo_hoge]
            source = data
            dest = copy
            [foo_<img src=x onerror=alert(1)>]
            source = none
            dest = none_copy
            """);
        try (HostProcess server = HostProcess.start(
                        FolderServer.class, Map.of(), "--port=0", "--config=" + folder.resolve("config.ini"));
                Chromium page = Chromium.open(Chromium.binary().orElseThrow(), server.address() + "/", profile)) {
            String rows = "document.querySelectorAll('#folders tr')";
            awaitThat(page, rows + ".length", "2");
            assertThat(page.evaluate("document.title")).isEqualTo("Folder backups");
            assertThat(page.evaluate("document.querySelectorAll('img').length")).isEqualTo("0");
            assertThat(page.evaluate(rows + "[1].cells[0].textContent")).isEqualTo("foo_<img src=x onerror=alert(1)>");

            page.evaluate(rows + "[0].querySelector('button').click()");
            awaitThat(page, rows + "[0].cells[1].textContent", "finished");
            assertThat(folder.resolve("copy/file")).hasContent("content");
            page.evaluate(rows + "[1].querySelector('button').click()");
            awaitThat(page, rows + "[1].cells[1].className", "error");
            page.evaluate("document.getElementById('clear-error').click()");
            awaitThat(page, rows + "[1].cells[1].textContent", "");
            page.evaluate("document.getElementById('clear-finished').click()");
            awaitThat(page, rows + "[0].cells[1].textContent", "");
        }
    }

    private static void awaitThat(Chromium page, String expression, String value) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> page.evaluate(expression).equals(value));
    }
}
