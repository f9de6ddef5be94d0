package io.kvbackup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.database.ScratchFactory;
import io.kvbackup.database.directory.DirectoryDatabase;
import io.kvbackup.database.sqlite.SqliteDatabase;
import io.kvbackup.database.sqlite.SqliteFile;
import io.kvbackup.model.Backup;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.verify.VerifyOptions;
import io.kvbackup.verify.VerifyReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** T27: a drill restores into a database of the live one's kind, so it meets what a restore would meet. */
class DrillKindTest {
    private static final VerifyOptions IN_MEMORY = VerifyOptions.builder()
            .level(VerifyLevel.DRILL)
            .scratch(ScratchFactory.inMemory())
            .build();

    @TempDir
    private Path folder;

    private Path temporary;

    @BeforeEach
    void temporary() throws IOException {
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    private BackupManager manager(Database... databases) throws IOException {
        BackupManagerBuilder builder =
                BackupManager.builder().storage(new MemoryStorageClient()).temporaryDirectory(temporary);
        for (Database database : databases) {
            builder.database(database);
        }
        return builder.build();
    }

    @ParameterizedTest
    @EnumSource
    void t27_everyEngineDrillsInItsOwnKindAndLeavesNothing(TestEngine.Kind kind) throws Exception {
        try (TestEngine engine = kind.open(folder, "db");
                BackupManager manager = manager(engine.database())) {
            for (int i = 0; i < 1_000; i++) {
                engine.put("items", "key-" + i, "value " + i);
            }
            engine.put("notes", new byte[0], new byte[0]);
            List<Path> before = everything();
            Backup backup = manager.backupDatabase("db");

            VerifyReport report = manager.verify(backup.objectName(), VerifyLevel.DRILL);

            assertThat(report.entryCounts()).containsEntry("db", Map.of("items", 1_000L, "notes", 1L));
            assertThat(everything()).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    @Test
    void t27_foldersAndFilesDrillAsFolders() throws Exception {
        Path photos = Files.createDirectory(folder.resolve("photos"));
        Files.writeString(photos.resolve("a.jpg"), "a");
        Files.createDirectory(photos.resolve("empty"));
        Path file = folder.resolve("notes.db");
        sql(file, "CREATE TABLE notes (k TEXT PRIMARY KEY, v TEXT)", "INSERT INTO notes VALUES ('a', 'b')");
        try (BackupManager manager = manager(
                DirectoryDatabase.of("photos", photos), SqliteFile.of("notes", file, folder.resolve("restored")))) {
            List<Path> before = everything();
            Backup backup = manager.backupAllDatabases();
            assertThat(manager.verify(backup.objectName(), VerifyLevel.DRILL).entries())
                    .isPositive();
            assertThat(everything()).containsExactlyInAnyOrderElementsOf(before);
        }
    }

    private List<Path> everything() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            // What engines do to their own files in the meantime is their affair.
            return all.filter(path -> path.startsWith(temporary) || Files.isDirectory(path))
                    .toList();
        }
    }

    @Test
    void t27_aConstraintOfTheLiveTableIsMet() throws Exception {
        Path file = folder.resolve("stock.db");
        sql(file, "CREATE TABLE stock (k TEXT PRIMARY KEY, v TEXT)", "INSERT INTO stock VALUES ('a', 'many')");
        try (BackupManager manager = manager(SqliteDatabase.of("stock", file))) {
            Backup backup = manager.backupDatabase("stock");
            manager.verify(backup.objectName(), VerifyLevel.DRILL);
            sql(
                    file,
                    "DROP TABLE stock",
                    "CREATE TABLE stock (k TEXT PRIMARY KEY, v TEXT CHECK (v GLOB '[0-9]*')) WITHOUT ROWID");

            manager.verify(backup.objectName(), IN_MEMORY);
            assertThatThrownBy(() -> manager.verify(backup.objectName(), VerifyLevel.DRILL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("CHECK");
        }
    }

    @Test
    void t27_aCodecOfTheHostIsMet() throws Exception {
        ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>(Map.of("a", 1));
        MemoryStorageClient storage = new MemoryStorageClient();
        Codec<Integer> oneWay = Codec.of(value -> ("#" + value).getBytes(UTF_8), bytes -> {
            throw new IllegalArgumentException("a number does not begin with #");
        });
        try (BackupManager manager = BackupManager.builder()
                .storage(storage)
                .database(MapDatabase.builder("db")
                        .set("counts", counts, Codec.utf8(), oneWay)
                        .build())
                .build()) {
            Backup backup = manager.backupDatabase("db");
            manager.verify(backup.objectName(), IN_MEMORY);
            assertThatThrownBy(() -> manager.verify(backup.objectName(), VerifyLevel.DRILL))
                    .hasMessageContaining("a number does not begin with #");
            assertThat(counts).containsOnly(Map.entry("a", 1));
        }
    }

    @Test
    void t27_aDatabaseThatIsNoMoreDrillsInMemory() throws Exception {
        MemoryStorageClient storage = new MemoryStorageClient();
        String name;
        try (TestEngine engine = TestEngine.Kind.SQLITE.open(folder, "old");
                BackupManager manager = BackupManager.builder()
                        .storage(storage)
                        .database(engine.database())
                        .build()) {
            engine.put("items", "a", "1");
            name = manager.backupDatabase("old").objectName();
        }
        try (BackupManager manager = BackupManager.builder().storage(storage).build()) {
            assertThat(manager.verify(name, VerifyLevel.DRILL).entries()).isEqualTo(1);
        }
    }

    @Test
    void namesOutOfAnArchiveAreCheckedBeforeAFactoryGetsThem() throws Exception {
        MemoryStorageClient storage = new MemoryStorageClient();
        String archive = "{\"name\":\"../../outside\",\"sets\":{},\"indexes\":{}}";
        String name = "backups/db/2026-11-20T12:00:00.000Z.json";
        storage.upload(name, out -> out.write(archive.getBytes(UTF_8)), PutCondition.ifAbsent());
        ConcurrentMap<String, DatabaseBackup> asked = new ConcurrentSkipListMap<>();
        VerifyOptions options = VerifyOptions.builder()
                .level(VerifyLevel.DRILL)
                .scratch(header -> {
                    asked.put(header.name(), header);
                    return ScratchFactory.inMemory().create(header);
                })
                .build();
        try (BackupManager manager = BackupManager.builder().storage(storage).build()) {
            assertThatThrownBy(() -> manager.verify(name, options)).isInstanceOf(CorruptBackupException.class);
        }
        assertThat(asked).isEmpty();
    }

    private static void sql(Path file, String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }
}
