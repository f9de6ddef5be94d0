package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.encryption.EncryptionKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every command of the page for the worst night works, from the first to the last, in the order of the page. */
class DisasterPageTest {
    private static final Pattern BLOCK = Pattern.compile("^```sh\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final String PASSWORD = "a long and secret sentence";

    @TempDir
    static Path folder;

    private final Cli cli = new Cli();

    /** The world of the page: two backups of orders, one of documents, one of all, and a store that is encrypted. */
    @BeforeAll
    static void makeTheWorld() throws Exception {
        Store store = new Store(folder.resolve("mnt/backups"));
        Path documents = Files.createDirectories(folder.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), "hello");
        store.backup("orders", Store.TAKEN, BackupOptions.defaults());
        try (BackupManager manager = store.manager(Store.TAKEN.plusSeconds(600))
                .database(store.orders("orders"))
                .database(store.orders("customers"))
                .build()) {
            manager.backupAllDatabases();
        }
        try (BackupManager manager = store.manager(Store.TAKEN)
                .database(DirectoryDatabase.builder("documents", documents).build())
                .build()) {
            manager.backupDatabase("documents");
        }
        Store secret = new Store(folder.resolve("mnt/encrypted"));
        try (BackupManager manager = secret.manager(Store.TAKEN)
                .database(secret.orders("orders"))
                .encryption(EncryptionKeys.ofPassword("password", PASSWORD.toCharArray(), 100_000))
                .build()) {
            manager.backupDatabase("orders");
        }
        Files.writeString(Files.createDirectories(folder.resolve("root")).resolve("backup-password.txt"), PASSWORD);
        store.items.remove("banana");
        store.backup("orders", Store.TAKEN.plusSeconds(3600), BackupOptions.defaults());
    }

    static List<String> commands() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "guide", "disaster.md"));
        return BLOCK.matcher(page)
                .results()
                .flatMap(block -> block.group(1).lines())
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> everyCommandWorks() throws Exception {
        cli.variable("KVBACKUP_STORAGE", folder.resolve("mnt/backups").toString());
        assertThat(commands()).hasSizeGreaterThan(25);
        return commands().stream()
                .filter(line -> line.startsWith("kvbackup "))
                .map(line -> dynamicTest(line, () -> {
                    String command = line.replaceFirst(" \\| .*", "").substring("kvbackup ".length());
                    String here = command.replaceAll("(^|[ :])/(mnt|srv|root)/", "$1" + folder + "/$2/");
                    Cli.Run run = cli.run(here.split(" "));
                    assertThat(run.code()).as(run.err()).isZero();
                    assertThat(run.out()).isNotEmpty();
                }));
    }

    /** Whatever else stands in a block is known, so that no command is passed over. */
    @AfterAll
    static void nothingWasLeftOut() throws Exception {
        assertThat(commands())
                .allMatch(line -> line.startsWith("kvbackup ")
                        || line.startsWith("export KVBACKUP_STORAGE=/mnt/backups")
                        || line.startsWith("alias kvbackup="));
        Path restored = folder.resolve("srv/restored");
        assertThat(Made.items(Engine.ROCKSDB, restored.resolve("before"))).containsKey("banana");
        assertThat(Made.items(Engine.ROCKSDB, restored.resolve("orders"))).doesNotContainKey("banana");
        assertThat(Made.items(Engine.JSONL, restored.resolve("some.jsonl")))
                .containsExactly(Map.entry("banana", "yellow"));
        assertThat(Made.items(Engine.SQLITE, restored.resolve("carried.db"))).hasSize(2);
        assertThat(Made.items(Engine.ROCKSDB, restored.resolve("all/customers")))
                .hasSize(3);
    }
}
