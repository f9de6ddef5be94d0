package io.kvbackup;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.KeyRange;
import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be asked of a restore is the same for every engine. */
class EngineRestoreOptionsTest {
    @FunctionalInterface
    private interface Check {
        void on(TestEngine live, TestEngine copy, BackupManager manager, String backup) throws Exception;
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void aTrialChangesNothing(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            manager.restoreDatabase(
                    backup, RestoreOptions.builder().dryRun(true).build());
            assertLive(live, "items", "2026-01-a", "later", "2026-02-a", "later");
            assertLive(live, "notes", "n", "later");
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatIsThereIsNotReplacedIfAskedNotTo(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            RestoreOptions careful = RestoreOptions.builder().ifAbsent(true).build();
            assertThatThrownBy(() -> manager.restoreDatabase(backup, careful))
                    .isInstanceOf(FileAlreadyExistsException.class);
            assertLive(live, "notes", "n", "later");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aCopyBesideTheLiveOne(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            manager.restoreDatabase(
                    backup, RestoreOptions.builder().as("copy").ifAbsent(true).build());
            assertLive(copy, "items", "2026-01-a", "1", "2026-01-b", "2", "2026-02-a", "3");
            assertLive(copy, "notes", "n", "4");
            assertLive(live, "items", "2026-01-a", "later", "2026-02-a", "later");
        });
    }

    @ParameterizedTest
    @EnumSource
    void someSets(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            manager.restoreDatabase(
                    backup, RestoreOptions.builder().sets("notes").build());
            assertLive(live, "items", "2026-01-a", "later", "2026-02-a", "later");
            assertLive(live, "notes", "n", "4");
        });
    }

    @ParameterizedTest
    @EnumSource
    void someKeys(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            manager.restoreDatabase(
                    backup,
                    RestoreOptions.builder()
                            .keysStartingWith("2026-01".getBytes(UTF_8))
                            .build());
            assertLive(live, "items", "2026-01-a", "1", "2026-01-b", "2", "2026-02-a", "later");
            assertLive(live, "notes", "n", "later");
        });
    }

    @ParameterizedTest
    @EnumSource
    void oneKeyAloneOrNoneIfTheBackupDoesNotHoldIt(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            live.put("items", "2026-03-a", "newer");
            for (boolean dryRun : new boolean[] {true, false}) {
                assertThatThrownBy(() -> manager.restoreDatabase(backup, key("2026-03-a", dryRun)))
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContainingAll("2026-03-a", "nothing was changed");
                assertThatThrownBy(() -> manager.restoreDatabase(
                                backup,
                                RestoreOptions.builder()
                                        .sets("items", "nope")
                                        .dryRun(dryRun)
                                        .build()))
                        .hasMessageContaining("nope");
            }
            manager.restoreDatabase(backup, key("2026-01-b", true));
            assertLive(live, "items", "2026-01-a", "later", "2026-02-a", "later", "2026-03-a", "newer");

            manager.restoreDatabase(backup, key("2026-01-b", false));
            assertLive(
                    live, "items", "2026-01-a", "later", "2026-01-b", "2", "2026-02-a", "later", "2026-03-a", "newer");
            assertLive(live, "notes", "n", "later");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aRangeOfWhichTheBackupHoldsNothingEndsUpEmpty(TestEngine.Kind kind) throws Exception {
        withBackup(kind, (live, copy, manager, backup) -> {
            live.put("items", "2026-03-a", "newer");
            manager.restoreDatabase(
                    backup,
                    RestoreOptions.builder()
                            .keysStartingWith("2026-03".getBytes(UTF_8))
                            .build());
            assertLive(live, "items", "2026-01-a", "later", "2026-02-a", "later");
        });
    }

    private static RestoreOptions key(String key, boolean dryRun) {
        return RestoreOptions.builder()
                .keys(KeyRange.only(key.getBytes(UTF_8)))
                .dryRun(dryRun)
                .build();
    }

    private void withBackup(TestEngine.Kind kind, Check check) throws Exception {
        try (TestEngine live = kind.open(folder, "live");
                TestEngine copy = kind.open(folder, "copy");
                MemoryStorageClient storage = new MemoryStorageClient();
                BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .database(live.database())
                        .database(copy.database())
                        .build()) {
            live.put("items", "2026-01-a", "1");
            live.put("items", "2026-01-b", "2");
            live.put("items", "2026-02-a", "3");
            live.put("notes", "n", "4");
            String backup = manager.backupDatabase("live").objectName();
            DatabaseContents.restore(
                    live.database(),
                    headerOf(live),
                    Map.of(
                            "items", entries("2026-01-a", "later", "2026-02-a", "later"),
                            "notes", entries("n", "later")));
            check.on(live, copy, manager, backup);
        }
        assertThat(folder.toFile().list()).noneMatch(name -> name.contains("kvbackup"));
    }

    private static DatabaseBackup headerOf(TestEngine engine) throws IOException {
        try (var snapshot = engine.database().openSnapshot()) {
            return snapshot.header();
        }
    }

    private static void assertLive(TestEngine engine, String set, String... keysAndValues) throws IOException {
        assertSame(DatabaseContents.of(engine.database()).get(set), entries(keysAndValues), set);
    }
}
