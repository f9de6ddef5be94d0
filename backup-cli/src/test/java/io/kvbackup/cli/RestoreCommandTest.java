package io.kvbackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RestoreCommandTest {
    @TempDir
    Path folder;

    private final Cli cli = new Cli();
    private Store store;
    private Path place;

    @BeforeEach
    void open() throws Exception {
        store = new Store(folder.resolve("store"));
        place = Files.createDirectory(folder.resolve("there")).resolve("orders");
        cli.variable("KVBACKUP_STORAGE", store.folder.toUri().toString());
    }

    private String[] restore(Engine engine, String... more) {
        return Stream.concat(Stream.of("restore", "orders", "--to", engine.word() + ":" + place), Stream.of(more))
                .toArray(String[]::new);
    }

    /** Nothing but what was asked for. */
    private void assertAlone(String... names) throws Exception {
        try (Stream<Path> all = Files.list(folder.resolve("there"))) {
            assertThat(all.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder(names);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyEngineTakesABackup(Engine engine) throws Exception {
        store.backup();

        Cli.Run run = cli.run(restore(engine)).ok();

        assertThat(run.out()).startsWith("restored backups/orders/").contains(engine.word() + ":" + place);
        assertThat(Made.items(engine, place)).isEqualTo(Map.copyOf(store.items));
        assertAlone("orders");
    }

    @ParameterizedTest
    @EnumSource
    void everyEngineTakesAPart(Engine engine) throws Exception {
        store.backup();

        cli.run(restore(engine, "--set", "items", "--prefix", "b")).ok();

        assertThat(Made.items(engine, place)).containsExactly(Map.entry("banana", "yellow"));
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedBackupLeavesNothing(Engine engine) throws Exception {
        store.damage(store.backup());

        Cli.Run run = cli.run(restore(engine));

        assertThat(run.code()).isEqualTo(3);
        assertThat(run.err().lines()).hasSize(1);
        assertAlone();
    }

    @Test
    void aDryRunLeavesNothing() throws Exception {
        store.backup();

        assertThat(cli.run(restore(Engine.ROCKSDB, "--dry-run")).ok().out()).startsWith("would restore");
        assertAlone();
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        store.backup();
        Files.writeString(place, "mine");

        Cli.Run run = cli.run(restore(Engine.SQLITE));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("restore into a new place");
        assertThat(place).hasContent("mine");
    }

    @Test
    void atRestoresWhatWasTheNewestThen() throws Exception {
        store.backup();
        store.items.put("apple", "green");
        store.backup(
                "orders",
                Store.TAKEN.plusSeconds(60),
                BackupOptions.builder().kind(BackupKind.INCREMENTAL).build());

        cli.run(restore(Engine.JSONL, "--at", "2026-11-20T12:00:30Z")).ok();

        assertThat(Made.items(Engine.JSONL, place)).containsEntry("apple", "red");
    }

    @Test
    void severalDatabasesGoBelowThePlace() throws Exception {
        Backup all;
        try (BackupManager manager = store.manager(Store.TAKEN)
                .database(store.orders("orders"))
                .database(store.orders("other"))
                .build()) {
            all = manager.backupAllDatabases();
        }

        cli.run("restore", "full", "--to", "rocksdb:" + place).ok();
        assertThat(Made.items(Engine.ROCKSDB, place.resolve("other"))).isEqualTo(Map.copyOf(store.items));
        assertThat(Made.items(Engine.ROCKSDB, place.resolve("orders"))).hasSize(3);

        cli.run("restore", all.objectName(), "--database", "other", "--to", "sqlite:" + folder.resolve("one"))
                .ok();
        cli.run("restore", "other", "--to", "sqlite:" + folder.resolve("two")).ok();
        assertThat(Made.items(Engine.SQLITE, folder.resolve("one"))).hasSize(3);
        assertThat(Made.items(Engine.SQLITE, folder.resolve("two"))).hasSize(3);
    }

    @Test
    void filesGoToAFolder() throws Exception {
        Path documents = Files.createDirectories(folder.resolve("documents"));
        Files.writeString(documents.resolve("a.txt"), "hello");
        try (BackupManager manager = store.manager(Store.TAKEN)
                .database(DirectoryDatabase.builder("documents", documents).build())
                .build()) {
            manager.backupDatabase("documents");
        }

        cli.run("restore", "documents", "--to", "folder:" + place).ok();

        assertThat(place.resolve("a.txt")).hasContent("hello");
        assertThat(cli.run("restore", "documents", "--to", "folder:" + place).code())
                .isEqualTo(1);
        Cli.Run wrong = cli.run("restore", "documents", "--to", "rocksdb:" + folder.resolve("x"));
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("restore it with --to folder:PATH");
    }

    @Test
    void anArchiveWithoutManifestIsRestored() throws Exception {
        Backup backup = store.backup();
        Files.delete(store.folder.resolve(backup.objectName() + ".manifest.json"));

        cli.run("restore", backup.objectName(), "--to", "mvstore:" + place).ok();

        assertThat(Made.items(Engine.MVSTORE, place)).isEqualTo(Map.copyOf(store.items));
    }

    @ParameterizedTest
    @EnumSource(names = "JSONL", mode = EnumSource.Mode.EXCLUDE)
    void everyEngineDrills(Engine engine) throws Exception {
        store.backup();

        Cli.Run run = cli.run("verify", "orders", "--level", "drill", "--scratch", engine.word())
                .ok();

        assertThat(run.out()).startsWith("good     backups/orders/").contains("(DRILL, ");
    }
}
