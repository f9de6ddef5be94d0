package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.job.Job;
import io.kvbackup.job.JobQuery;
import io.kvbackup.job.JobStatus;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that ends between two commits of one restore: whoever comes next is told which databases are in which
 * state.
 */
class UnfinishedRestoreTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private Path folder;

    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final Map<String, Map<String, String>> live = new LinkedHashMap<>();
    private Backup backup;

    @BeforeEach
    void backUp() throws IOException {
        NAMES.forEach(name -> live.put(name, new ConcurrentHashMap<>(Map.of("k", "old"))));
        try (BackupManager manager = manager(Files.createDirectory(home()), PlacedDatabase.Moment.NONE)) {
            backup = manager.backupAllDatabases();
        }
        assertThat(home()).isEmptyDirectory();
    }

    private Path home() {
        return folder.resolve("home");
    }

    private Database database(String name, Path place, PlacedDatabase.Moment moment) {
        Database content = MapDatabase.builder(name)
                .set("items", live.get(name), Codec.utf8(), Codec.utf8())
                .build();
        return new PlacedDatabase(content, place, moment);
    }

    private BackupManager manager(Path home, PlacedDatabase.Moment moment) throws IOException {
        BackupManagerBuilder builder = BackupManager.builder().storage(storage);
        for (String name : NAMES) {
            builder.database(database(name, home.resolve(name + ".db"), moment));
        }
        return builder.build();
    }

    /** What lies on the disk at each moment of a restore, as the next process finds it if this one ends there. */
    private Map<String, Path> crashes() throws IOException {
        Map<String, Path> crashes = new LinkedHashMap<>();
        try (BackupManager manager = manager(home(), what -> {
            Path copy = folder.resolve("crashed " + what);
            copyAll(home(), copy);
            crashes.put(what, copy);
        })) {
            manager.restoreAllDatabases(backup.objectName());
        }
        assertThat(home()).as("after a restore that ended well").isEmptyDirectory();
        return crashes;
    }

    private static void copyAll(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void theNextStartSaysWhichDatabasesAreRestored() throws IOException {
        Map<String, Path> crashes = crashes();
        Map<String, String> said = Map.of(
                "before a", "[] are restored; a is either restored or as it was; [b, c] are as they were.",
                "after a", "[] are restored; a is either restored or as it was; [b, c] are as they were.",
                "before b", "[a] are restored; b is either restored or as it was; [c] are as they were.",
                "after b", "[a] are restored; b is either restored or as it was; [c] are as they were.",
                "before c", "[a, b] are restored; c is either restored or as it was.",
                "after c", "[a, b] are restored; c is either restored or as it was.");
        assertThat(crashes.keySet()).isEqualTo(said.keySet());
        for (Map.Entry<String, Path> crash : crashes.entrySet()) {
            try (LogLines log = new LogLines();
                    BackupManager next = manager(crash.getValue(), PlacedDatabase.Moment.NONE)) {
                assertThat(log.warnings(said.get(crash.getKey())))
                        .as(crash.getKey())
                        .hasSize(1);
                assertThat(next.health().unfinishedRestores()).hasSize(1);
                assertThat(next.health().warnings())
                        .anyMatch(warning -> warning.contains(backup.objectName())
                                && warning.contains("restoreAllDatabases")
                                && warning.contains(".intent"));
                next.backupDatabase("c");
                assertThat(log.warnings("may not fit together"))
                        .as(crash.getKey())
                        .hasSize(1);
            }
        }
    }

    @Test
    void restoringAgainFinishesIt() throws IOException {
        for (Path crashed : crashes().values()) {
            live.get("b").put("k", "other");
            try (BackupManager next = manager(crashed, PlacedDatabase.Moment.NONE)) {
                next.restoreAllDatabases(backup.objectName());
                assertThat(next.health().warnings()).isEmpty();
            }
            assertThat(live.values()).allMatch(Map.of("k", "old")::equals);
            assertThat(crashed).isEmptyDirectory();
        }
    }

    @Test
    void databasesThatAreRestoredOneByOneAreNotOpenAnyMore() throws IOException {
        Path crashed = crashes().get("before b");
        try (BackupManager next = manager(crashed, PlacedDatabase.Moment.NONE)) {
            next.restoreDatabase(
                    backup.objectName(), RestoreOptions.builder().database("c").build());
            assertThat(next.health().unfinishedRestores())
                    .singleElement()
                    .asString()
                    .contains("[a, c] are restored; b is either");
            next.restoreDatabase(
                    backup.objectName(),
                    RestoreOptions.builder().database("b").sets("items").build());
            assertThat(next.health().unfinishedRestores())
                    .as("b was restored in part only")
                    .hasSize(1);
            next.restoreDatabase(
                    backup.objectName(), RestoreOptions.builder().database("b").build());
            assertThat(next.health().unfinishedRestores()).isEmpty();
        }
        assertThat(crashed).isEmptyDirectory();
    }

    @Test
    void aRestoreThatFailsIsToldOfAsWell() throws IOException {
        try (BackupManager manager = manager(home(), what -> {
            if (what.equals("before b")) {
                throw new IOException("disk on fire");
            }
        })) {
            assertThatThrownBy(() -> manager.restoreAllDatabases(backup.objectName()))
                    .hasMessageContaining("disk on fire");
            assertThat(manager.health().warnings())
                    .singleElement()
                    .asString()
                    .contains("[a] are restored; b is either");
        }
    }

    @Test
    void aRestoreThatIsAtWorkIsNotTakenForOneThatBrokeOff() throws IOException {
        List<String> warnings = new ArrayList<>();
        try (BackupManager other = manager(home(), PlacedDatabase.Moment.NONE);
                BackupManager manager =
                        manager(home(), what -> warnings.addAll(other.health().unfinishedRestores()))) {
            manager.restoreAllDatabases(backup.objectName());
        }
        assertThat(warnings).isEmpty();
        assertThat(home()).isEmptyDirectory();
    }

    @Test
    void databasesOfTheSameNamesInOtherFilesAreNotMeant() throws IOException {
        Path crashed = crashes().get("before b");
        try (BackupManager other = BackupManager.builder()
                .storage(storage)
                .database(database("b", crashed.resolve("another.db"), PlacedDatabase.Moment.NONE))
                .build()) {
            assertThat(other.health().unfinishedRestores()).isEmpty();
            other.restoreDatabase(
                    backup.objectName(), RestoreOptions.builder().database("b").build());
        }
        try (BackupManager next = manager(crashed, PlacedDatabase.Moment.NONE)) {
            assertThat(next.health().unfinishedRestores())
                    .singleElement()
                    .asString()
                    .contains("b is either");
        }
    }

    @Test
    void aRestoreOfOneDatabaseNeedsNoRecord() throws IOException {
        try (BackupManager manager = manager(home(), what -> assertThat(home()).isEmptyDirectory())) {
            manager.restoreDatabase(
                    backup.objectName(), RestoreOptions.builder().database("a").build());
        }
    }

    @Test
    void nothingIsChangedIfTheRecordCannotBeWritten() throws IOException {
        Files.createFile(folder.resolve("file"));
        live.get("a").put("k", "live");
        try (BackupManager manager = manager(folder.resolve("file"), PlacedDatabase.Moment.NONE)) {
            assertThatThrownBy(() -> manager.restoreAllDatabases(backup.objectName()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("one by one");
        }
        assertThat(live.get("a")).containsEntry("k", "live");
    }

    /** All databases come from the catalog, which may not be able to tell of them yet. */
    private BackupManager managerOfCatalog(Path home, boolean ready) throws IOException {
        DatabaseCatalog catalog = new DatabaseCatalog() {
            @Override
            public Set<String> databaseNames() throws IOException {
                if (!ready) {
                    throw new IOException("not yet");
                }
                return Set.copyOf(NAMES);
            }

            @Override
            public Database database(String name) {
                return UnfinishedRestoreTest.this.database(
                        name, home.resolve(name + ".db"), PlacedDatabase.Moment.NONE);
            }

            @Override
            public void dropDatabase(String name) {
                throw new UnsupportedOperationException();
            }
        };
        return BackupManager.builder().storage(storage).databases(catalog).build();
    }

    @Test
    void databasesOfACatalogAreSpokenOfToo() throws IOException {
        Path crashed = crashes().get("before b");
        managerOfCatalog(crashed, false).close();
        try (LogLines log = new LogLines();
                BackupManager next = managerOfCatalog(crashed, true)) {
            assertThat(log.warnings("[a] are restored; b is either")).hasSize(1);
            assertThat(next.health().unfinishedRestores()).hasSize(1);
            next.restoreAllDatabases(backup.objectName());
            assertThat(next.health().unfinishedRestores()).isEmpty();
        }
        assertThat(crashed).isEmptyDirectory();
    }

    @Test
    void onceItHasBegunToReplaceDatabasesItIsNotCancelledBetweenTwo() throws IOException {
        live.values().forEach(content -> content.put("k", "live"));
        BackupManager[] manager = new BackupManager[1];
        try (BackupManager opened = manager(home(), what -> {
            if (what.endsWith(" b")) {
                manager[0].jobs().list().forEach(Job::cancel);
                if (Thread.interrupted()) {
                    throw new InterruptedIOException("interrupted " + what);
                }
            }
        })) {
            manager[0] = opened;
            opened.restoreAllDatabases(backup.objectName());
            assertThat(opened.jobs().history(JobQuery.all()))
                    .first()
                    .satisfies(job -> assertThat(job.status()).isEqualTo(JobStatus.FINISHED));
        }
        assertThat(live.values()).allSatisfy(content -> assertThat(content).containsEntry("k", "old"));
        assertThat(home()).isEmptyDirectory();
    }
}
