package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.PackRecord;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeBackupWriterTest {
    @TempDir
    private Path folder;

    private TreeHost host;

    @BeforeEach
    void open() {
        host = new TreeHost(new MemoryStorageClient(), folder);
    }

    @AfterEach
    void close() throws IOException {
        host.close();
        try (var left = Files.list(folder)) {
            assertThat(left).as("temporary files are gone").isEmpty();
        }
    }

    @Test
    void theFirstBackupStoresEverything() throws IOException {
        host.putOrders(0, 20_000, 0);

        Backup backup = host.backup();

        assertThat(backup.kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(backup.objectName()).endsWith(".tree.zst");
        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.packs()).as("packs of 256 KiB").hasSizeBetween(3, 10);
        assertThat(host.manifest(backup).packs())
                .allSatisfy(
                        pack -> assertThat(pack.live()).isEqualTo(pack.stored().bytes()));
    }

    @Test
    void anUnchangedDatabaseStoresNoPack() throws IOException {
        host.putOrders(0, 20_000, 0);
        Backup first = host.backup();
        long stored = host.packBytes();

        Backup second = host.backup();
        host.restart();
        Backup third = host.backup();

        assertThat(host.packBytes()).isEqualTo(stored);
        assertThat(host.root(second)).isEqualTo(host.root(first));
        assertThat(host.root(third)).isEqualTo(host.root(first));
        assertThat(host.manifest(third).packs()).isEqualTo(host.manifest(first).packs());
        assertThat(host.read(third)).isEqualTo(new TreeMap<>(host.items));
    }

    @Test
    void aChangeStoresWhatItTouches() throws IOException {
        host.putOrders(0, 20_000, 0);
        host.backup();
        long stored = host.packBytes();

        host.putOrders(500, 510, 1);
        host.items.remove(TreeHost.key(12_345));
        Backup second = host.backup();

        assertThat(host.packBytes() - stored).isBetween(1_000L, 60_000L);
        assertThat(host.read(second)).isEqualTo(new TreeMap<>(host.items));
        assertThat(host.manifest(second).packs())
                .as("what is dead is counted")
                .anyMatch(pack -> pack.live() < pack.stored().bytes());
    }

    @Test
    void emptyAndTinyDatabasesHaveTreesToo() throws IOException {
        Backup empty = host.backup();
        host.items.put("a", "1");
        Backup one = host.backup();
        host.items.clear();
        Backup again = host.backup();

        assertThat(host.read(empty)).isEmpty();
        assertThat(host.read(one)).containsOnlyKeys("a");
        assertThat(host.read(again)).isEmpty();
        assertThat(host.manifest(again).packs()).extracting(PackRecord::name).isEmpty();
    }

    @Test
    void whoMayNotCommitLeavesOnlyPacks() throws IOException {
        host.putOrders(0, 1_000, 0);
        host.mayCommit = () -> {
            throw new IOException("not now");
        };

        assertThatThrownBy(host::backup).hasMessage("not now");

        assertThat(host.sizes("backups/")).isEmpty();
        assertThat(host.packs()).hasSize(1);
    }

    @Test
    void chunksOfAnotherSizeBeginALineage() throws IOException {
        host.putOrders(0, 5_000, 0);
        Backup first = host.backup();
        host.chunkSize = java.util.OptionalInt.of(8192);
        host.restart();

        Backup second = host.backup();
        Backup third = host.backup();

        assertThat(host.document(first).chunkSize()).isEqualTo(3072);
        assertThat(host.document(second).chunkSize()).isEqualTo(8192);
        assertThat(host.manifest(second).packs())
                .doesNotContainAnyElementsOf(host.manifest(first).packs());
        assertThat(host.manifest(third).packs()).isEqualTo(host.manifest(second).packs());
        assertThat(host.read(third)).isEqualTo(new TreeMap<>(host.items));
    }

    /** As everywhere, an executor that gives no thread makes it slower and nothing else. */
    @Test
    void anyExecutorWillDo() throws IOException {
        host.putOrders(0, 10_000, 0);
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            for (Executor executor : List.<Executor>of(one, Runnable::run, task -> {
                throw new RejectedExecutionException("none left");
            })) {
                host.executor = executor;
                host.reuse = false;
                host.restart();
                assertThat(host.read(host.backup())).isEqualTo(new TreeMap<>(host.items));
            }
        } finally {
            one.shutdownNow();
        }
    }
}
