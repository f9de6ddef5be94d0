package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.model.VerifyLevel;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I6: 64 MiB of heap are enough to write, read and compare, whatever the size of the database and of its values. */
class TreeHeapTest {
    private static final int ENTRY = 190;
    private static final int VERSIONS = 5;

    @Test
    @Tag("thorough")
    void moreThanTheHeapInSeveralPacksAndLargeValues(@TempDir Path folder) throws Exception {
        OtherProcess.run(TreeHeapTest.class, Duration.ofMinutes(2), folder, "250000");
    }

    @Test
    @Tag("soak")
    void tenGigabytes(@TempDir Path folder) throws Exception {
        OtherProcess.run(TreeHeapTest.class, Duration.ofMinutes(60), folder, "55000000");
    }

    /** Arguments: an empty folder, how many entries. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Synthetic database = new Synthetic(Integer.parseInt(args[1]));
        try (BackupManager manager = BackupManager.builder()
                .storage(new FileStorageClient(folder.resolve("store")))
                .temporaryDirectory(folder.resolve("temporary"))
                .database(database)
                .kind(BackupKind.INCREMENTAL)
                .build()) {
            Backup first = manager.backupDatabase("synthetic");
            Backup second = first;
            // Then a reading alternates between the packs of all of them.
            for (database.version = 1; database.version <= VERSIONS; database.version++) {
                second = manager.backupDatabase("synthetic");
            }
            assertThat(second.contents().orElseThrow().metadata().entryCount()).isEqualTo(database.entries + 3L);
            manager.verify(second.objectName(), VerifyLevel.DIGEST);
            try (BackupDiff diff = manager.diff(first.objectName(), second.objectName())) {
                assertThat(diff.stream().count()).isBetween(database.entries / 25L, database.entries / 16L);
            }
        }
    }

    /** Entries that follow from their numbers; with each version one more in a hundred differs. */
    private static final class Synthetic implements Database {
        private final int entries;
        private int version;

        Synthetic(int entries) {
            this.entries = entries;
        }

        @Override
        public String name() {
            return "synthetic";
        }

        @Override
        public DatabaseSnapshot openSnapshot() {
            int shown = version;
            return new DatabaseSnapshot() {
                @Override
                public DatabaseBackup header() {
                    return DatabaseBackup.of("synthetic", new SetBackup("all", Encoding.BINARY, Encoding.BINARY));
                }

                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    for (int i = 0; i < entries; i++) {
                        int since = ((i * 0x9E3779B9) >>> 1) % 100 + 1;
                        to.visit(key(i), value(i, since <= shown ? since : 0));
                    }
                    for (int i = 0; i < 3; i++) {
                        byte[] large = new byte[4 << 20];
                        large[i] = (byte) shown;
                        to.visit(key(entries + i), large);
                    }
                }

                @Override
                public void close() {}
            };
        }

        private static byte[] key(int number) {
            return String.format("key:%012d", number).getBytes(StandardCharsets.US_ASCII);
        }

        private static byte[] value(int number, int version) {
            byte[] value = new byte[ENTRY - 16];
            SplittableRandom random = new SplittableRandom(31L * number + version);
            for (int i = 0; i < value.length / 4; i += 8) {
                long bits = random.nextLong();
                for (int j = 0; j < 8; j++) {
                    value[i + j] = (byte) (bits >> (8 * j));
                }
            }
            return value;
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) {
            throw new UnsupportedOperationException();
        }
    }
}
