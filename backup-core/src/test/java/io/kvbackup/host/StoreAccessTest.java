package io.kvbackup.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.BackupManager;
import io.kvbackup.BackupManagerBuilder;
import io.kvbackup.database.contract.MemoryDatabase;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.check.StorageCheck;
import io.kvbackup.storage.check.StorageReport;
import io.kvbackup.storage.check.UnfitStorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Stores that are not as good as they should be: refused, unless the host knows what it does. */
class StoreAccessTest {
    private final MemoryStorageClient memory = new MemoryStorageClient();
    private StorageClient.Conditions told = StorageClient.Conditions.UNKNOWN;

    /** Takes any condition for fulfilled. */
    private final StorageClient careless = new ForwardingStorageClient(memory) {
        @Override
        public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
            return super.upload(key, content, PutCondition.none());
        }

        @Override
        public StorageTraits traits() {
            return super.traits().withConditions(told);
        }
    };

    private final BackupManagerBuilder builder =
            BackupManager.builder().storage(careless).database(MemoryDatabase.of("orders"));

    @Test
    void aStoreWithoutConditionsIsRefusedAtTheFirstBackup() throws IOException {
        try (BackupManager manager = builder.build()) {
            assertThatThrownBy(() -> manager.backupDatabase("orders"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("exclusiveWriter(true)");
        }
        assertEmpty();
    }

    @Test
    void aStoreThatIsKnownToHaveNoneIsRefusedAtOnce() {
        told = StorageClient.Conditions.IGNORED;

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exclusiveWriter(true)");
    }

    @Test
    void aDeclaredExclusiveWriterMayUseIt() throws IOException {
        told = StorageClient.Conditions.IGNORED;
        try (BackupManager manager =
                builder.exclusiveWriter(true).checkStorage(StorageCheck.quick()).build()) {
            manager.restoreDatabase(manager.backupDatabase("orders").objectName());
        }
    }

    @Test
    void whatTheCheckHasSeenCountsForMoreThanWhatTheClientSays() throws IOException {
        told = StorageClient.Conditions.KEPT;
        try (BackupManager manager =
                builder.exclusiveWriter(true).checkStorage(StorageCheck.quick()).build()) {
            String archive = manager.backupDatabase("orders").objectName();

            assertThatThrownBy(() -> manager.uploadFile(archive, Path.of("pom.xml")))
                    .isInstanceOf(PreconditionFailedException.class);
        }
    }

    @Test
    void theDeclarationMayComeFromTheEnvironment() throws IOException {
        try (BackupManager manager =
                builder.environment(Map.of("KVBACKUP_EXCLUSIVE_WRITER", "true")).build()) {
            assertThat(manager.backupDatabase("orders").hasManifest()).isTrue();
        }
    }

    @Test
    void aStoreThatDoesNotPassTheCheckIsAnErrorWithTheReport() throws IOException {
        assertThatThrownBy(() -> builder.checkStorage(StorageCheck.quick()).build())
                .isInstanceOf(UnfitStorageException.class)
                .hasMessageContaining("exclusiveWriter(true)")
                .hasMessageContaining("for a single writer only")
                .asInstanceOf(InstanceOfAssertFactories.type(UnfitStorageException.class))
                .extracting(e -> e.report().verdict())
                .isEqualTo(StorageReport.Verdict.SINGLE_WRITER);
        assertEmpty();
    }

    @Test
    void aGoodStorePassesTheCheck() throws IOException {
        try (BackupManager manager = BackupManager.builder()
                .storage(memory)
                .database(MemoryDatabase.of("orders"))
                .checkStorage(StorageCheck.quick())
                .build()) {
            assertThat(manager.backupDatabase("orders").hasManifest()).isTrue();
        }
    }

    private void assertEmpty() throws IOException {
        try (Stream<StorageObject> objects = memory.list("")) {
            assertThat(objects).isEmpty();
        }
    }
}
