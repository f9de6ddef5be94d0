package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.kvbackup.BackupOptions;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** list, show and cat. */
class ReadCommandsTest {
    @TempDir
    Path folder;

    private final Cli cli = new Cli();
    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder.resolve("store"));
        cli.variable("KVBACKUP_STORAGE", store.folder.toUri().toString());
    }

    @Test
    void listShowsTheNewestFirst() throws Exception {
        Backup old = store.backup();
        Backup young = store.backup(
                "orders",
                Store.TAKEN.plusSeconds(60),
                BackupOptions.builder().tag("release").build());

        Cli.Run run = cli.run("list").ok();

        assertThat(run.lines()).hasSize(3);
        assertThat(run.lines().get(0)).startsWith("TIME").endsWith("NAME");
        assertThat(run.lines().get(1))
                .startsWith("2026-11-20 12:01:00Z  orders    FULL")
                .contains("#release")
                .endsWith(young.objectName());
        assertThat(run.lines().get(2)).endsWith(old.objectName());
        assertThat(run.err()).isEmpty();
    }

    @Test
    void listTakesTimesAndLimits() throws Exception {
        store.backup();
        store.backup("orders", Store.TAKEN.plusSeconds(3600), BackupOptions.defaults());
        store.backup("other", Store.TAKEN, BackupOptions.defaults());

        assertThat(cli.run("list", "orders").ok().lines()).hasSize(3);
        assertThat(cli.run("list", "orders", "--limit", "1").ok().lines()).hasSize(2);
        assertThat(cli.run("list", "--since", "2026-11-20T12:30").ok().lines()).hasSize(2);
        assertThat(cli.run("list", "--until", "2026-11-20T12:30").ok().lines()).hasSize(3);
        assertThat(cli.run("list", "--since", "23h").ok().out())
                .contains("13:00:00Z")
                .doesNotContain("12:00:00Z");
    }

    @Test
    void showSaysWhatIsInABackup() throws Exception {
        Backup backup = store.backup();

        Cli.Run run = cli.run("show", "orders").ok();

        assertThat(run.out()).contains("Name:      " + backup.objectName(), "Entries:   5");
        assertThat(run.lines()).contains("orders    items   TEXT    TEXT          3");
    }

    @Test
    void atChoosesTheBackupThatWasTheNewestThen() throws Exception {
        Backup old = store.backup();
        store.backup("orders", Store.TAKEN.plusSeconds(3600), BackupOptions.defaults());

        assertThat(cli.run("show", "orders", "--at", "2026-11-20T12:59:59Z")
                        .ok()
                        .out())
                .contains(old.objectName());
        Cli.Run early = cli.run("show", "orders", "--at", "2026-11-19");
        assertThat(early.code()).isEqualTo(4);
        assertThat(early.err()).contains("the oldest is of 2026-11-20 12:00:00Z");
    }

    @Test
    void catPrintsEntriesAsTheyAreEncoded() throws Exception {
        store.backup();

        assertThat(cli.run("cat", "orders").ok().lines())
                .containsExactlyInAnyOrder(
                        "{\"database\":\"orders\",\"set\":\"items\",\"key\":\"apple\",\"value\":\"red\"}",
                        "{\"database\":\"orders\",\"set\":\"items\",\"key\":\"banana\",\"value\":\"yellow\"}",
                        "{\"database\":\"orders\",\"set\":\"items\",\"key\":\"cherry\",\"value\":\"red as well\"}",
                        "{\"database\":\"orders\",\"set\":\"prices\",\"key\":\"apple\",\"value\":{\"kg\":3}}",
                        "{\"database\":\"orders\",\"set\":\"blobs\",\"key_base64\":\"AAE=\","
                                + "\"value_base64\":\"/wI=\"}");
    }

    @Test
    void catPrintsTheValueOfOneKeyAsItIs() throws Exception {
        store.backup(
                "orders",
                Store.TAKEN,
                BackupOptions.builder().kind(BackupKind.INCREMENTAL).build());

        assertThat(cli.run("cat", "orders", "--set", "items", "--key", "cherry")
                        .ok()
                        .out())
                .isEqualTo("red as well");
        assertThat(cli.run("cat", "orders", "--set", "blobs", "--key", "hex:0001")
                        .ok()
                        .bytes())
                .containsExactly(0xFF, 2);
        assertThat(cli.run("cat", "orders", "--set", "items", "--prefix", "b")
                        .ok()
                        .lines())
                .hasSize(1);
        assertThat(cli.run("cat", "orders", "--set", "items", "--from-key", "b", "--to-key", "c", "--as", "raw")
                        .ok()
                        .out())
                .isEqualTo("yellow");
        Cli.Run none = cli.run("cat", "orders", "--set", "items", "--key", "zebra");
        assertThat(none.code()).isEqualTo(4);
        assertThat(none.err()).contains("zebra");
    }

    @Test
    void catOfAnArchiveWithoutManifestReadsTheArchive() throws Exception {
        Backup backup = store.backup();
        Files.delete(store.folder.resolve(backup.objectName() + ".manifest.json"));

        assertThat(cli.run("cat", backup.objectName()).ok().lines()).hasSize(5);
        assertThat(cli.run("show", backup.objectName()).ok().out()).contains("no manifest");
    }

    @Test
    void cborIsASequenceOfMaps() throws Exception {
        store.backup();

        byte[] bytes =
                cli.run("cat", "orders", "--set", "blobs", "--as", "cbor").ok().bytes();

        JsonNode reader = new CBORMapper().readTree(bytes);
        assertThat(reader.get("key").binaryValue()).containsExactly(0, 1);
        assertThat(reader.get("value").binaryValue()).containsExactly(0xFF, 2);
    }

    @Test
    void anUnknownDatabaseIsNotFoundAndTheKnownOnesAreNamed() throws Exception {
        store.backup();

        Cli.Run run = cli.run("show", "oders");

        assertThat(run.code()).isEqualTo(4);
        assertThat(run.err())
                .isEqualTo(
                        "kvbackup show: oders: the store has no backup of such a database; it has backups of orders\n");
        assertThat(cli.run("list", "oders").code()).isEqualTo(4);
        assertThat(cli.run("show", "backups/orders/2020-01-01T00:00:00.000Z.json")
                        .code())
                .isEqualTo(4);
    }

    @Test
    void damageHasItsOwnExitCode() throws Exception {
        Backup backup = store.backup();
        store.damage(backup);

        assertThat(cli.run("verify", "orders").code()).isEqualTo(3);
        assertThat(cli.run("cat", "orders").code()).isEqualTo(3);
        assertThat(cli.run("list").ok().out()).contains("DAMAGED");
        Instant later = Store.TAKEN.plusSeconds(1);
        assertThat(store.backup("orders", later, BackupOptions.defaults()).hasManifest())
                .isTrue();
        assertThat(cli.run("verify", "orders").ok().out()).startsWith("good ");
    }
}
