package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.kvbackup.BackupOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code --json} prints is a promise: fields may be added, and none may change. Files under {@code golden} hold
 * it; {@code -Dkvbackup.golden=FOLDER} writes them anew.
 */
class GoldenJsonTest {
    private static final String FIRST = "backups/orders/2026-11-20T12:00:00.000Z.json";
    private static final String SECOND = "backups/orders/2026-11-20T12:01:00.000Z.json";

    @TempDir
    static Path folder;

    private final Cli cli = new Cli();
    private final List<DynamicTest> tests = new ArrayList<>();

    /** One after the other: some change the store. */
    @TestFactory
    List<DynamicTest> shapesStayAsTheyAre() throws Exception {
        Store store = new Store(folder.resolve("store"));
        cli.variable("KVBACKUP_STORAGE", store.folder.toUri().toString());
        BackupOptions json = BackupOptions.builder().format("json").build();
        store.backup("orders", Store.TAKEN, json);
        store.items.put("apple", "green");
        store.items.remove("banana");
        store.backup("orders", Store.TAKEN.plusSeconds(60), json);
        Files.writeString(Files.createDirectory(folder.resolve("docs")).resolve("a.txt"), "hello");

        golden("list", 0, "list", "--json");
        golden("show", 0, "show", "orders", "--json");
        golden("cat", 0, "cat", FIRST, "--json");
        golden("diff", 0, "diff", FIRST, SECOND, "--json");
        golden("restore", 0, "restore", FIRST, "--to", "jsonl:" + folder.resolve("lines"), "--json");
        golden("export", 0, "export", FIRST, folder.resolve("a.json").toString(), "--json");
        golden(
                "import",
                0,
                "import",
                folder.resolve("a.json").toString(),
                "--as",
                "backups/copy/2026-11-01T00:00:00.000Z.json",
                "--json");
        golden("tag", 0, "tag", FIRST, "release", "--json");
        golden("copy", 0, "copy", FIRST, "--to", folder.resolve("other").toString(), "--json");
        golden("sync", 0, "sync", "orders", "--to", folder.resolve("other").toString(), "--json");
        golden("verify", 0, "verify", FIRST, "--level", "listed", "--json");
        golden("stats", 0, "stats", "--json");
        golden("watch", 1, "watch", "--max-age", "1h", "--json");
        golden("prune", 0, "prune", "--keep-last", "1", "--json");
        golden("delete", 0, "delete", SECOND, "--yes", "--json");
        golden("keys-rewrap", 0, "keys", "rewrap", "--json");
        golden("backup", 0, "backup", "docs=folder:" + folder.resolve("docs"), "--format", "json", "--json");
        golden("check", 0, "check", "--quick", "-s", folder.resolve("other").toString(), "--json");
        return tests;
    }

    private void golden(String name, int code, String... args) {
        tests.add(dynamicTest(name, () -> {
            Cli.Run run = cli.run(args);
            assertThat(run.code()).as(run.err()).isEqualTo(code);
            String shown = masked(run.out());
            String written = System.getProperty("kvbackup.golden");
            if (written != null) {
                Files.writeString(Path.of(written, name + ".json"), shown);
            }
            assertThat(shown).isEqualTo(read(name));
        }));
    }

    /** What differs from run to run. */
    private static String masked(String text) {
        return text.replace(folder.toUri().toString().replaceAll("/$", ""), "file:FOLDER")
                .replace(folder.toString(), "FOLDER")
                .replaceAll("\"took_ms\" : \\d+", "\"took_ms\" : 0")
                .replaceAll("\"(verified_at|last_verified|at)\" : \"20[^\"]*\"", "\"$1\" : \"TIME\"")
                .replaceAll("\"observed\" : \"[^\"]*\"", "\"observed\" : \"...\"")
                .replaceAll(
                        "\"(sha256|name|timestamp)\" : \"(backups/docs/20|20(?!26-11-20T12:0)|[0-9a-f]{60})[^\"]*\"",
                        "\"$1\" : \"...\"")
                .replaceAll("\"((?:stored|plain|own)_bytes)\" : \\d+", "\"$1\" : 1");
    }

    private static String read(String name) throws IOException {
        try (InputStream in = GoldenJsonTest.class.getResourceAsStream("/golden/" + name + ".json")) {
            assertThat(in).as("golden/" + name + ".json").isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
