package io.kvbackup.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kvbackup.BackupManager;
import io.kvbackup.database.Codec;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.contract.StorageClientContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders on mounts that do not take every name: FAT, exFAT, SMB, and some that are stricter. */
class PickyMountContractTest {
    /** A store whose mount takes no names that match. */
    private abstract static class Picky implements StorageClientContract {
        private final String refused;

        @TempDir
        private Path root;

        private FileStorageClient client;

        Picky(String refused) {
            this.refused = refused;
        }

        @Override
        public FileStorageClient client() {
            if (client == null) {
                client = new FileStorageClient(
                        root, Clock.systemUTC(), new Random(), (folder, name) -> !name.matches(refused));
            }
            return client;
        }

        @Override
        public int manyObjects() {
            return 200;
        }

        @AfterEach
        void noFileHasANameThatIsRefused() throws IOException {
            client().close();
            try (Stream<Path> files = Files.walk(root)) {
                assertThat(files.skip(1))
                        .noneMatch(file -> file.getFileName().toString().matches(refused));
            }
        }

        @Test
        void aHostOnAnotherSystemReadsAndGoesOnWithTheFolder() throws IOException {
            Map<String, String> items = new ConcurrentHashMap<>(Map.of("k", "v"));
            Backup backup = backUp(client(), items);
            try (FileStorageClient plain = new FileStorageClient(root);
                    BackupManager other = manager(plain, items)) {
                assertThat(other.listBackups("my:orders"))
                        .extracting(Backup::objectName)
                        .containsExactly(backup.objectName());
                items.clear();
                assertThat(other.restoreLatest("my:orders")).isPresent();
                assertThat(items).containsEntry("k", "v");
                other.marks().tag(backup.objectName(), "kept");
                other.deleteBackup(backup.objectName());
                assertThat(other.listBackups("my:orders")).isEmpty();
            }
        }

        private Backup backUp(StorageClient store, Map<String, String> items) throws IOException {
            try (BackupManager manager = manager(store, items)) {
                return manager.backupDatabase("my:orders");
            }
        }

        private static BackupManager manager(StorageClient store, Map<String, String> items) throws IOException {
            return BackupManager.builder()
                    .storage(store)
                    .database(MapDatabase.builder("my:orders")
                            .set("s", items, Codec.utf8(), Codec.utf8())
                            .build())
                    .build();
        }
    }

    /** As Windows does. */
    @Nested
    class Reserved extends Picky {
        Reserved() {
            super("(?s).*[<>:\"|?*\\\\].*|.*[. ]|(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
        }
    }

    @Nested
    class Strict extends Picky {
        Strict() {
            super("(?s).*[^A-Za-z0-9._%-].*|.*\\.");
        }
    }

    @Test
    void aMountThatTakesNoEscapesIsToldSo(@TempDir Path root) throws IOException {
        try (FileStorageClient client =
                new FileStorageClient(root, Clock.systemUTC(), new Random(), (folder, name) -> !name.contains("%"))) {
            assertThat(catchThrowable(() -> client.upload("a", ContentWriter.of(new byte[1]), PutCondition.none())))
                    .hasMessageContaining("takes no file names such as")
                    .hasMessageContaining(root.toString());
            try (Stream<StorageObject> objects = client.list("")) {
                assertThat(objects.toList()).isEqualTo(List.of());
            }
        }
    }

    @Test
    void theMountOfThisBuildIsTriedWithoutATrace(@TempDir Path root) throws IOException {
        MountNames mount = new MountNames(root, new Random(), MountNames::takes);
        mount.find(root);

        assertThat(root).isEmptyDirectory();
        assertThat(MountNames.takes(root, "a/b")).isFalse();
    }
}
