package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.storage.ForwardingStorageClient;
import io.kvbackup.storage.MemoryStorageClient;
import io.kvbackup.storage.StorageTraits;
import io.kvbackup.storage.fake.CountingStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backup stores follows what has changed: the bounds of the design on 100,000 entries of 190 bytes. */
class IncrementalCostTest {
    private static final int ENTRIES = 100_000;
    /** A node that is written again, and a chunk with its neighbours. */
    private static final long FEW_CHUNKS_AND_NODES = 20_000;

    @TempDir
    private Path folder;

    private CountingStorageClient counting;
    private TreeHost host;
    private long full;

    @BeforeEach
    void takeTheFirst() throws IOException {
        counting = new CountingStorageClient(new WithClock(new MemoryStorageClient()));
        host = new TreeHost(counting, folder);
        host.packBytes = TreeOptions.PACK_BYTES;
        host.restart();
        host.putOrders(0, ENTRIES, 0);
        host.backup();
        full = host.packBytes();
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** As object stores have one: then a short backup need not look twice. */
    private static final class WithClock extends ForwardingStorageClient {
        WithClock(MemoryStorageClient delegate) {
            super(delegate);
        }

        @Override
        public StorageTraits traits() {
            return super.traits().withOwnClock(true);
        }
    }

    /** Bytes of packs that the next backup stores. */
    private long stored() throws IOException {
        long before = host.packBytes();
        host.backup();
        return host.packBytes() - before;
    }

    @Test
    void unchangedStoresNothing() throws IOException {
        assertThat(stored()).isZero();
        assertThat(host.sizes("backups/").values())
                .as("documents and manifests")
                .allSatisfy(size -> assertThat(size).isLessThan(2_000));
    }

    @Test
    void clusteredChangesStoreAboutWhatChanged() throws IOException {
        host.putOrders(40_000, 40_000 + ENTRIES / 100, 1);

        assertThat(stored()).isLessThanOrEqualTo(full / 100 * 13 / 10 + FEW_CHUNKS_AND_NODES);
    }

    @Test
    void randomChangesStoreAQuarterAtMost() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < ENTRIES / 100; i++) {
            int number = random.nextInt(ENTRIES);
            host.putOrders(number, number + 1, 1);
        }

        assertThat(stored()).isLessThanOrEqualTo(full / 4);
    }

    @Test
    void whatIsAppendedIsStored() throws IOException {
        host.putOrders(ENTRIES, ENTRIES + ENTRIES / 100, 0);

        assertThat(stored()).isLessThanOrEqualTo(full / 100 * 11 / 10 + FEW_CHUNKS_AND_NODES);
    }

    @Test
    void aRangeThatIsDeletedCostsAFewChunksAndNodes() throws IOException {
        for (int i = 20_000; i < 30_000; i++) {
            host.items.remove(TreeHost.key(i));
        }

        assertThat(stored()).isLessThanOrEqualTo(FEW_CHUNKS_AND_NODES);
    }

    /** Each further pack in which nodes of the tree lie is one more. */
    @Test
    void aSmallBackupIsSevenRequestsAndTenAfterARestart() throws IOException {
        host.restart();
        host.putOrders(5, 6, 1);
        counting.reset();
        host.backup();
        assertThat(counting.total()).as("after a restart").isLessThanOrEqualTo(10);

        host.reuse = false;
        host.backup();
        host.reuse = true;
        host.putOrders(5, 6, 2);
        counting.reset();
        host.backup();
        assertThat(counting.total()).as("the backup before in memory").isLessThanOrEqualTo(7);
    }
}
