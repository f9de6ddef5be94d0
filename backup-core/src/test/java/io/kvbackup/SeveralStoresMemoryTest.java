package io.kvbackup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.Database;
import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.disk.OtherProcess;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import io.kvbackup.model.StoreOutcome;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three stores at once, a copy, and a database of more than the heap. */
@Tag("thorough")
class SeveralStoresMemoryTest {
    private static final int VALUE = 64 * 1024;
    private static final int ENTRIES = 1_600;

    @Test
    void sixtyFourMebibytesOfHeapAreEnough(@TempDir Path folder) throws Exception {
        OtherProcess.run(SeveralStoresMemoryTest.class, Duration.ofMinutes(2), folder);
    }

    /** Argument: an empty folder. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        BackupOptions everywhere = BackupOptions.builder()
                .alsoTo("second", new FileStorageClient(folder.resolve("second")))
                .alsoTo("third", new FileStorageClient(folder.resolve("third")))
                .build();
        try (BackupManager manager = BackupManager.builder()
                .storage(new FileStorageClient(folder.resolve("own")))
                .temporaryDirectory(folder.resolve("temporary"))
                .database(new Noise())
                .build()) {
            Map<String, StoreOutcome> outcomes = manager.backupToStores("noise", everywhere);
            assertThat(outcomes.values()).hasSize(3).allMatch(StoreOutcome::isStored);
            String name = outcomes.get("own").backup().orElseThrow().objectName();
            manager.copyBackup(name, new FileStorageClient(folder.resolve("fourth")));
        }
    }

    /** 100 MiB that nobody can compress. */
    private static final class Noise implements Database {
        @Override
        public String name() {
            return "noise";
        }

        @Override
        public DatabaseSnapshot openSnapshot() {
            return new DatabaseSnapshot() {
                @Override
                public DatabaseBackup header() {
                    return DatabaseBackup.of("noise", new SetBackup("all", Encoding.BINARY, Encoding.BINARY));
                }

                @Override
                public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
                    Random random = new Random(7);
                    for (int i = 0; i < ENTRIES; i++) {
                        byte[] value = new byte[VALUE];
                        random.nextBytes(value);
                        to.visit(ByteBuffer.allocate(4).putInt(i).array(), value);
                    }
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public DatabaseRestore beginRestore(DatabaseBackup header) throws IOException {
            throw new IOException("noise cannot be restored");
        }
    }
}
