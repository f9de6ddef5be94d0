package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the next start says of a restore that broke off is how things are, whatever the engines. */
class UnfinishedRestoreOfEnginesTest {
    @TempDir
    private Path folder;

    @Test
    void eachEngineTellsWhereItLies() throws Exception {
        try (HostOfManyEngines host = new HostOfManyEngines(folder.resolve("host"));
                BackupManager manager = host.manager(what -> {
                    if (what.startsWith("before")) {
                        assertThat(folder.resolve("host/kvbackup-restores")).isNotEmptyDirectory();
                    }
                })) {
            host.write("old");
            manager.restoreAllDatabases(manager.backupAllDatabases().objectName());
        }
        assertThat(folder.resolve("host/kvbackup-restores")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"after b-folder", "before d-rocksdb", "after d-rocksdb"})
    @Tag("thorough")
    void aProcessThatEndsBetweenTwoCommitsIsToldOf(String moment) throws Exception {
        Path home = folder.resolve("host");
        String backup;
        try (HostOfManyEngines host = new HostOfManyEngines(home);
                BackupManager manager = host.manager(PlacedDatabase.Moment.NONE)) {
            host.write("old");
            backup = manager.backupAllDatabases().objectName();
        }
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        try (OtherProcess other = OtherProcess.start(HostOfManyEngines.class, temporary, home, backup, moment)) {
            assertThat(other.exit()).isEqualTo(HostOfManyEngines.HALTED);
        }
        int restored = HostOfManyEngines.NAMES.indexOf(moment.substring(moment.indexOf(' ') + 1));
        try (HostOfManyEngines host = new HostOfManyEngines(home);
                BackupManager next = host.manager(PlacedDatabase.Moment.NONE)) {
            assertThat(next.health().warnings())
                    .singleElement()
                    .asString()
                    .contains(backup, HostOfManyEngines.NAMES.subList(0, restored) + " are restored")
                    .contains(HostOfManyEngines.NAMES.get(restored) + " is either restored or as it was");
            Map<String, String> values = host.read();
            for (String name : HostOfManyEngines.NAMES.subList(1, HostOfManyEngines.NAMES.size())) {
                int at = HostOfManyEngines.NAMES.indexOf(name);
                boolean isNew = at < restored || (at == restored && moment.startsWith("after"));
                assertThat(values.get(name)).as(name).isEqualTo(isNew ? "old" : "changed");
            }

            next.restoreAllDatabases(backup);
            assertThat(host.read().values()).containsOnly("old");
            assertThat(next.health().warnings()).isEmpty();
        }
    }
}
