package io.kvbackup.database.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.AdversarialNames;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingNamesTest {
    private static final long SEED = 50;

    @TempDir
    private Path folder;

    @Test
    void t26_noTwoDatabasesStageInOneFolder() throws Exception {
        Map<String, List<String>> seen = new HashMap<>();
        for (List<String> list : AdversarialNames.lists(SEED, 3_000, 2)) {
            // A file system that takes no such name for a RocksDB is not asked here.
            String rocks = list.get(0).replaceAll("[^a-z0-9._-]", "_");
            List<String> parts = List.of(rocks, list.get(1));
            Path staging =
                    StagingNames.of(Path.of("/data", rocks), Optional.empty()).of(parts.get(1));
            List<String> other = seen.put(staging.toString().toLowerCase(Locale.ROOT), parts);
            assertThat(other == null || other.equals(parts))
                    .as("seed %d: %s and %s", SEED, other, parts)
                    .isTrue();
            String name = String.valueOf(staging.getFileName()).substring(rocks.length());
            assertThat(name).as("seed %d", SEED).hasSizeLessThan(120);
        }
    }

    @Test
    void plainNamesStayAsTheyAre() throws Exception {
        StagingNames names = StagingNames.of(Path.of("/data/db"), Optional.empty());
        assertThat(names.of("my-orders_2")).isEqualTo(Path.of("/data/db.kvbackup-my-orders_2"));
        assertThat(names.former("my-orders_2")).isEmpty();
        assertThat(names.former("a:b")).containsExactly(Path.of("/data/db.kvbackup-a%3Ab"));
    }

    @Test
    void rocksDbsOfDifferentPlacesHaveDifferentFoldersInOneThatTheHostChose() throws Exception {
        Path one = Files.createDirectories(folder.resolve("one/db"));
        Path two = Files.createDirectories(folder.resolve("two/db"));
        Files.writeString(one.resolve("IDENTITY"), "5f0a\n");
        Files.writeString(two.resolve("IDENTITY"), "5f0b\n");
        assertThat(StagingNames.of(one, Optional.of(folder)).of("orders"))
                .isEqualTo(folder.resolve("db.kvbackup-orders.5f0a"))
                .isNotEqualTo(StagingNames.of(two, Optional.of(folder)).of("orders"));
    }

    @Test
    void aRestoreThatWasDecidedUnderTheFormerNameIsCompleted() throws Exception {
        Path database = folder.resolve("db");
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            CrashingHost.writeOld(rocks);
        }
        assertThat(CrashingHost.run(database, "restore", CrashingHost.step("marker in force", folder)))
                .isEqualTo(CrashingHost.HALTED);
        Files.move(folder.resolve("db.kvbackup-orders"), folder.resolve("db.kvbackup-Orders.2"));
        try (TestRocksDb rocks = new TestRocksDb(database)) {
            rocks.builder("Orders.2").build();
            CrashingHost.assertNew(rocks, "completed");
        }
    }

    @Test
    void aFolderUnderTheFormerNameThatIsOfAnotherRocksDbStays() throws Exception {
        Path others = Files.createDirectories(folder.resolve("db.kvbackup-Orders.2"));
        Files.writeString(others.resolve("photo"), "precious");
        try (TestRocksDb rocks = new TestRocksDb(folder.resolve("db"))) {
            rocks.builder("Orders.2").build();
        }
        assertThat(others.resolve("photo")).hasContent("precious");
    }
}
