package io.kvbackup.repository.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.Codec;
import io.kvbackup.database.Database;
import io.kvbackup.database.MapDatabase;
import io.kvbackup.format.ArchiveShape;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.repository.BackupKeys;
import io.kvbackup.repository.BackupWriter;
import io.kvbackup.repository.CommitCheck;
import io.kvbackup.repository.FormatChain;
import io.kvbackup.repository.NewBackups;
import io.kvbackup.repository.SeveralStores;
import io.kvbackup.repository.SnapshotGroup;
import io.kvbackup.repository.StoreIdentity;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveBackupWriterTest {
    @TempDir
    private Path folder;

    private final Clock clock = Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
    private final MemoryStorageClient storage = new MemoryStorageClient();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Database orders = MapDatabase.builder("orders")
            .set("items", new ConcurrentSkipListMap<>(Map.of("a", "1")), Codec.utf8(), Codec.utf8())
            .build();

    @AfterEach
    void close() {
        executor.shutdown();
    }

    private void write(StorageClient store, boolean spool, CommitCheck mayCommit) throws IOException {
        BackupWriter.Request request = new BackupWriter.Request(
                "orders",
                Set.of("orders"),
                ArchiveShape.DATABASE,
                FormatChain.parse("cbor"),
                folder,
                spool,
                true,
                Set.of("a"),
                ProgressListener.NONE,
                mayCommit,
                Optional.empty(),
                Optional.empty());
        StoreIdentity identity = new StoreIdentity(store, StoreIdentity.Creation.EXPECTED, clock, new Random(1));
        NewBackups backups = new NewBackups(store, identity, "here", BackupKeys.none(), clock, System::nanoTime);
        new ArchiveBackupWriter(backups, new SeveralStores(executor, System::nanoTime), executor)
                .write(request, () -> SnapshotGroup.open(List.of(orders), clock));
    }

    private List<String> keys() throws IOException {
        try (var objects = storage.list("backups/")) {
            return objects.map(StorageObject::key).toList();
        }
    }

    /** As when a schedule's lease was lost during the upload: another process takes this backup now. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoMayNotCommitLeavesNothing(boolean spool) throws IOException {
        List<List<String>> seen = new ArrayList<>();
        assertThatThrownBy(() -> write(storage, spool, () -> {
                    seen.add(keys());
                    throw new PreconditionFailedException("the lease was lost");
                }))
                .isInstanceOf(PreconditionFailedException.class)
                .hasMessageContaining("the lease was lost");
        assertThat(seen.get(0))
                .as("asked when all but the manifest is there")
                .hasSize(2)
                .noneMatch(key -> key.endsWith(".manifest.json"));
        assertThat(keys()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNameThatIsTakenMeanwhileIsNotUsed(boolean spool) throws IOException {
        StorageClient racing = new ForwardingStorageClient(storage) {
            private boolean raced;

            @Override
            public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
                if (!raced && key.startsWith("backups/")) {
                    raced = true;
                    super.upload(key, ContentWriter.of(new byte[1]), PutCondition.none());
                }
                return super.upload(key, content, condition);
            }
        };

        write(racing, spool, () -> {});

        assertThat(keys())
                .containsExactly(
                        "backups/orders/2026-11-20T12:00:00.000Z.cbor",
                        "backups/orders/2026-11-20T12:00:00.001Z.cbor",
                        "backups/orders/2026-11-20T12:00:00.001Z.cbor.manifest.json",
                        "backups/orders/2026-11-20T12:00:00.001Z.cbor.tag.a");
    }
}
