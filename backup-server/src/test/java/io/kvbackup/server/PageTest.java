package io.kvbackup.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kvbackup.BackupManager;
import io.kvbackup.job.JobTask;
import io.kvbackup.job.Schedule;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser; skipped where there is none. Leaves pictures in {@code target/page}. */
@Tag("thorough")
class PageTest {
    private static final Path PICTURES = Path.of("target", "page");
    private static final String CARD = "document.querySelector('[data-database=orders]')";

    /** The browser may still write to it while it ends. */
    @TempDir(cleanup = CleanupMode.NEVER)
    private Path profile;

    private final MemoryStorageClient store = new MemoryStorageClient();
    private final SlowDatabase database = new SlowDatabase("orders");

    @Test
    void aBackupStartedByAClickIsSeenAndAnErrorCleared() throws Exception {
        withPage(null, (manager, page) -> {
            manager.jobs().schedule("nightly", Schedule.every(Duration.ofDays(1)), JobTask.backup("orders"));
            awaitThat(page, CARD + "?.textContent.includes('There is no backup.')", "true");
            database.stop();
            page.evaluate(CARD + ".querySelector('button').click()");
            awaitThat(page, "document.querySelectorAll('#active-list progress').length", "1");
            assertThat(page.evaluate("document.querySelector('#active-list progress').getAttribute('aria-label')"))
                    .isEqualTo("Progress of backup of orders");
            page.screenshot(PICTURES.resolve("running.png"));
            database.goOn();
            awaitThat(page, "document.querySelectorAll('#backup-list tbody tr').length", "1");
            awaitThat(page, CARD + ".textContent.includes('old')", "true");

            database.failing(true);
            page.evaluate(CARD + ".querySelector('button').click()");
            awaitThat(page, "document.querySelectorAll('#error-list .error').length", "1");
            assertThat(page.evaluate("document.querySelector('#error-list .error').textContent"))
                    .contains("locked by <script>alert(1)</script>");
            page.screenshot(PICTURES.resolve("error.png"));
            page.evaluate("document.getElementById('clear-error').click()");
            awaitThat(page, "document.querySelectorAll('#error-list .error').length", "0");
            assertThat(page.evaluate("document.getElementById('clear-error').disabled"))
                    .isEqualTo("true");
        });
    }

    @Test
    void damageIsRed() throws Exception {
        withPage(null, (manager, page) -> {
            Backup backup = manager.backupDatabase("orders");
            damage(backup.objectName());
            assertThatThrownBy(() -> manager.verify(backup.objectName(), VerifyLevel.DIGEST))
                    .isInstanceOf(CorruptBackupException.class);
            awaitThat(page, CARD + "?.className", "card damaged");
            assertThat(page.evaluate(CARD + ".querySelector('.bad').textContent"))
                    .contains(backup.objectName());
            awaitThat(page, "document.querySelector('#backup-list td .bad')?.textContent", "damaged");
            String[] rgb = page.evaluate("getComputedStyle(document.querySelector('#backup-list td .bad')).color")
                    .replaceAll("[^0-9,]", "")
                    .split(",", -1);
            assertThat(Integer.parseInt(rgb[0])).isGreaterThan(2 * Integer.parseInt(rgb[1]));
            assertThat(page.evaluate("document.querySelectorAll('#warnings li').length"))
                    .isNotEqualTo("0");
            page.screenshot(PICTURES.resolve("damage.png"));
        });
    }

    private void damage(String name) throws Exception {
        byte[] content;
        try (InputStream in = store.download(name, ByteRange.all())) {
            content = in.readAllBytes();
        }
        content[content.length / 2] ^= 1;
        store.upload(name, out -> out.write(content), PutCondition.none());
    }

    @Test
    void itFitsAPhoneAndIsUsedWithoutAMouse() throws Exception {
        withPage(null, (manager, page) -> {
            manager.jobs()
                    .schedule(
                            "a-schedule-with-a-long-name",
                            Schedule.every(Duration.ofDays(1)),
                            JobTask.backup("orders"));
            manager.backupDatabase("orders");
            awaitThat(page, "document.querySelectorAll('#backup-list tbody tr').length", "1");
            page.width(380);
            awaitThat(page, "document.documentElement.scrollWidth <= 380", "true");
            page.screenshot(PICTURES.resolve("phone.png"));
            assertThat(page.evaluate("[...document.querySelectorAll('button')].filter(b => b.offsetParent"
                            + " && b.getBoundingClientRect().height < 32).length"))
                    .as("buttons that are too small for a finger")
                    .isEqualTo("0");
            for (String nameless : List.of("button", "input", "progress", "svg")) {
                assertThat(page.evaluate("[...document.querySelectorAll('" + nameless + "')].filter(e =>"
                                + " !(e.getAttribute('aria-label')"
                                + " || e.textContent.trim() ||"
                                + " e.labels?.length)).length"))
                        .as("%s without a name for a screen reader", nameless)
                        .isEqualTo("0");
            }
            page.evaluate(CARD + ".querySelector('button').focus()");
            page.press("Enter", 13);
            awaitThat(page, "document.querySelectorAll('#backup-list tbody tr').length", "2");
            awaitThat(page, "document.activeElement.getAttribute('data-key')", "backup-orders");
        });
    }

    @Test
    void aTokenIsAskedFor() throws Exception {
        withPage("0123456789abcdef", (manager, page) -> {
            awaitThat(page, "document.getElementById('login').hidden", "false");
            assertThat(page.evaluate("document.getElementById('all').hidden")).isEqualTo("true");
            logIn(page, "fedcba9876543210");
            awaitThat(page, "document.getElementById('problem').textContent.includes('token')", "true");
            logIn(page, "0123456789abcdef");
            awaitThat(page, "document.getElementById('all').hidden", "false");
            assertThat(page.evaluate("document.getElementById('login').hidden")).isEqualTo("true");
        });
    }

    private static void logIn(Chromium page, String token) throws Exception {
        page.evaluate("document.getElementById('token').value = '" + token + "'");
        page.evaluate("document.querySelector('#login button').click()");
    }

    private interface Steps {
        void run(BackupManager manager, Chromium page) throws Exception;
    }

    private void withPage(@org.jspecify.annotations.Nullable String token, Steps steps) throws Exception {
        assumeTrue(Chromium.binary().isPresent(), "no Chromium here");
        try (BackupManager manager =
                BackupManager.builder().storage(store).database(database).build()) {
            BackupServer.Builder builder = BackupServer.builder(manager).port(0);
            if (token != null) {
                builder.token(token);
            }
            try (BackupServer server = builder.start();
                    Chromium page = Chromium.open(
                            Chromium.binary().orElseThrow(), server.uri().toString(), profile)) {
                steps.run(manager, page);
            } finally {
                database.goOn();
            }
        }
    }

    private static void awaitThat(Chromium page, String expression, String value) {
        await().atMost(Duration.ofSeconds(30)).until(() -> page.evaluate(expression), value::equals);
    }
}
