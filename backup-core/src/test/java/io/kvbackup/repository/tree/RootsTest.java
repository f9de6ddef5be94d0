package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.format.tree.Digest;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** I2: equal sets of entries give equal roots after any history. On any engine: see IncrementalManagerTest. */
class RootsTest {
    @TempDir
    private Path folder;

    private Digest rootOfFresh(Map<String, String> items, int chunkSize) throws IOException {
        try (TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            fresh.chunkSize = OptionalInt.of(chunkSize);
            fresh.restart();
            fresh.items.putAll(items);
            return fresh.root(fresh.backup());
        }
    }

    @Test
    void historyLeavesNoTrace() throws IOException {
        for (int run = 0; run < 4; run++) {
            long seed = new Random().nextLong();
            try (TreeHost host = new TreeHost(new MemoryStorageClient(), folder)) {
                live(host, new Random(seed), seed);
            }
        }
    }

    /** Puts, deletes, loses packs and restarts by chance, and compares after each backup. */
    private void live(TreeHost host, Random random, long seed) throws IOException {
        host.packBytes = 16L << random.nextInt(10);
        host.restart();
        for (int round = 0; round < 8; round++) {
            int from = random.nextInt(3_000);
            switch (random.nextInt(5)) {
                case 0 -> host.putOrders(from, from + random.nextInt(2_000), round);
                case 1 -> host.items.keySet().removeIf(key -> random.nextInt(10) == 0);
                case 2 ->
                    host.items
                            .subMap(TreeHost.key(from), TreeHost.key(from + 500))
                            .clear();
                case 3 -> host.items.replaceAll((key, value) -> random.nextInt(100) == 0 ? value + "!" : value);
                default -> host.items.put(TreeHost.key(from) + "x", "y".repeat(random.nextInt(40_000)));
            }
            for (var pack : host.packs()) {
                if (random.nextInt(10) == 0) {
                    host.store.delete(java.util.List.of(pack.key()));
                }
            }
            if (random.nextBoolean()) {
                host.restart();
            }
            var backup = host.backup();
            assertThat(host.root(backup))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(rootOfFresh(host.items, host.document(backup).chunkSize()));
            assertThat(host.read(backup)).as("seed %d, round %d", seed, round).isEqualTo(new TreeMap<>(host.items));
        }
    }
}
