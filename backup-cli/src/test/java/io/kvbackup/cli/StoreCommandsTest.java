package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.encryption.EncryptionKeys;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that compare, move, mark and remove what is in a store. */
class StoreCommandsTest {
    private static final BackupOptions INCREMENTAL =
            BackupOptions.builder().kind(BackupKind.INCREMENTAL).build();

    @TempDir
    Path folder;

    private final Cli cli = new Cli();
    private Store store;
    private String other;

    @BeforeEach
    void open() {
        store = new Store(folder.resolve("store"));
        other = folder.resolve("other").toString();
        cli.variable("KVBACKUP_STORAGE", store.folder.toUri().toString());
    }

    private Backup[] two(BackupOptions options) throws Exception {
        Backup before = store.backup("orders", Store.TAKEN, options);
        store.items.put("apple", "green");
        store.items.put("date", "brown");
        store.items.remove("banana");
        return new Backup[] {before, store.backup("orders", Store.TAKEN.plusSeconds(60), options)};
    }

    @Test
    void diffNamesEachKey() throws Exception {
        Backup[] both = two(INCREMENTAL);

        Cli.Run run =
                cli.run("diff", both[0].objectName(), both[1].objectName()).ok();

        assertThat(run.lines())
                .containsExactly(
                        "~ orders items apple",
                        "- orders items banana",
                        "+ orders items date",
                        "1 added, 1 removed, 1 changed");
        assertThat(cli.run("diff", "orders", "--before-at", "2026-11-20T12:00:30Z", "--summary")
                        .ok()
                        .lines())
                .containsExactly("1 added, 1 removed, 1 changed");
    }

    @Test
    void anExportIsImportedAgain() throws Exception {
        Backup backup = store.backup();
        Path file = folder.resolve("orders.cbor.zst");

        cli.run("export", "orders", file.toString()).ok();
        cli.run("import", file.toString(), "--database", "orders", "--time", "2026-11-01", "-s", other)
                .ok();

        assertThat(file).hasSameBinaryContentAs(store.folder.resolve(backup.objectName()));
        cli.run("restore", "orders", "-s", other, "--to", "sqlite:" + folder.resolve("back"))
                .ok();
        assertThat(Made.items(Engine.SQLITE, folder.resolve("back"))).isEqualTo(Map.copyOf(store.items));
        assertThat(cli.run("export", "orders", file.toString()).code()).isEqualTo(1);
    }

    @Test
    void anIncrementalBackupIsExportedAsAnArchive() throws Exception {
        store.backup("orders", Store.TAKEN, INCREMENTAL);
        Path file = folder.resolve("orders.json");

        cli.run("export", "orders", file.toString(), "--format", "json").ok();

        assertThat(Files.readString(file)).contains("\"apple\"").startsWith("{");
        assertThat(cli.run("list").ok().lines())
                .as("nothing is left in the store")
                .hasSize(2);
    }

    @Test
    void syncCopiesWhatIsMissingAndNoDamage() throws Exception {
        Backup[] both = two(BackupOptions.defaults());
        cli.run("copy", both[0].objectName(), "--to", other).ok();
        Backup bad = store.backup("other", Store.TAKEN, BackupOptions.defaults());
        store.damage(bad);

        Cli.Run run = cli.run("sync", "--to", other);

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.lines())
                .containsExactly("copied " + both[1].objectName(), "1 copied, 1 there already, 1 failed");
        assertThat(run.err()).startsWith("failed " + bad.objectName());
        assertThat(cli.run("list", "-s", other).ok().lines()).hasSize(3);
    }

    @Test
    void pruneShowsThePlanAndDoesItOnlyIfTold() throws Exception {
        Backup[] both = two(BackupOptions.defaults());

        Cli.Run plan = cli.run("prune", "--keep-last", "1").ok();

        assertThat(plan.out()).contains("remove  " + both[0].objectName(), "nothing was removed; add --yes");
        assertThat(cli.run("list").ok().lines()).hasSize(3);
        cli.run("pin", both[0].objectName()).ok();
        cli.run("prune", "--keep-last", "1", "--yes").ok();
        assertThat(cli.run("list").ok().lines()).as("it is pinned").hasSize(3);
        cli.run("unpin", both[0].objectName()).ok();
        assertThat(cli.run("prune", "--keep-last", "1", "--yes").ok().out()).contains("removed 1 backups");
        assertThat(cli.run("list").ok().lines()).hasSize(2);
    }

    @Test
    void tagsComeAndGo() throws Exception {
        store.backup();

        assertThat(cli.run("tag", "orders", "release").ok().out()).endsWith("#release\n");
        assertThat(cli.run("untag", "orders", "release").ok().out()).endsWith(": -\n");
        assertThat(cli.run("tag", "orders", "not a tag").code()).isEqualTo(2);
    }

    @Test
    void deleteWantsTheWholeNameAndAYes() throws Exception {
        Backup backup = store.backup();

        assertThat(cli.run("delete", "orders", "--yes").code()).isEqualTo(2);
        assertThat(cli.run("delete", backup.objectName()).err()).contains("add --yes");
        assertThat(cli.run("delete", backup.objectName(), "--yes").ok().out()).contains("deleted");
        assertThat(cli.run("list").ok().err()).isEqualTo("no backups\n");
    }

    @Test
    void statsCountForEachDatabase() throws Exception {
        two(INCREMENTAL);
        store.backup("other", Store.TAKEN, BackupOptions.defaults());
        cli.run("verify", "other").ok();

        Cli.Run run = cli.run("stats").ok();

        assertThat(run.lines()).hasSize(3);
        assertThat(run.lines().get(1)).matches("orders +2 +2 +0 +0 +0 .*2026-11-20 12:00:00Z  2026-11-20 12:01:00Z");
        assertThat(run.lines().get(2)).matches("other +1 +0 +1 +0 +0 .*");
    }

    @Test
    void watchJudgesTheAgeOfTheNewestGoodBackup() throws Exception {
        Backup backup = store.backup();

        assertThat(cli.run("watch").ok().out())
                .contains("24 h  2026-11-20 12:00:00Z  never")
                .doesNotContain("!");
        assertThat(cli.run("watch", "--max-age", "1d").code()).isZero();
        Cli.Run old = cli.run("watch", "--max-age", "23h");
        assertThat(old.code()).isEqualTo(1);
        assertThat(old.out()).contains("! the newest good backup of database orders is 24 h old, allowed are 23 h");
        store.damage(backup);
        cli.run("verify", "orders");
        assertThat(cli.run("watch").code()).isEqualTo(3);
    }

    @Test
    void watchLooksAgain() throws Exception {
        store.backup();
        AtomicInteger looks = new AtomicInteger();
        cli.stop(time -> {
            assertThat(time).isEqualTo(Duration.ofSeconds(30));
            return looks.incrementAndGet() == 3;
        });

        Cli.Run run = cli.run("watch", "--every", "30s").ok();

        assertThat(run.lines()).filteredOn(line -> line.startsWith("orders")).hasSize(3);
    }

    @Test
    void keysComeFromFilesAndThePrompt() throws Exception {
        Path old = Files.writeString(folder.resolve("old.txt"), "correct horse battery\n");
        Path young = Files.writeString(folder.resolve("new.txt"), "staple of the new year\n");
        try (BackupManager manager = store.manager(Store.TAKEN)
                .database(store.orders("orders"))
                .encryption(EncryptionKeys.ofPassword("old", "correct horse battery".toCharArray(), 100_000))
                .build()) {
            manager.backupDatabase("orders");
        }

        Cli.Run none = cli.run("verify", "orders");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).contains("key");
        cli.run("verify", "orders", "--password-file", old.toString(), "--key-id", "old")
                .ok();
        cli.password("correct horse battery")
                .run("verify", "orders", "--ask-password", "--key-id", "old")
                .ok();
        Cli.Run rewrapped = cli.run(
                        "keys",
                        "rewrap",
                        "--password-file",
                        young.toString(),
                        "--key-id",
                        "new",
                        "--older-password-file",
                        old.toString(),
                        "--older-key-id",
                        "old")
                .ok();
        assertThat(rewrapped.out()).isEqualTo("1 rewrapped, 0 were under the current key already\n");
        cli.run("verify", "orders", "--password-file", young.toString(), "--key-id", "new")
                .ok();
    }

    @Test
    void checkJudgesAStore() throws Exception {
        Cli.Run run = cli.run("check", "--quick", "-s", folder.toString()).ok();

        assertThat(run.out()).startsWith("Quick check of ").contains("good for backups");
    }

    @Test
    void verifyTakesASampleAndWhatIsDue() throws Exception {
        two(BackupOptions.defaults());

        assertThat(cli.run("verify", "--sample", "1", "--seed", "1").ok().lines())
                .hasSize(1);
        assertThat(cli.run("verify", "--due", "7d").ok().lines()).isNotEmpty();
        assertThat(cli.run("verify", "--due", "7d").ok().err()).contains("nothing is due");
        assertThat(cli.run("verify", "--due", "0s", "--level", "listed").ok().lines())
                .hasSize(2);
    }
}
