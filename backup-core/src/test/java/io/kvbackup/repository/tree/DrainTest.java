package io.kvbackup.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.Backup;
import io.kvbackup.storage.MemoryStorageClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {
    @TempDir
    private Path folder;

    private static PackRecord pack(int number, long bytes, long live) {
        return new PackRecord("pack" + number, new StreamDigest(bytes, "0".repeat(64)), live, null);
    }

    @Test
    void packsOfWhichLittleIsLiveAreDrained() {
        List<PackRecord> packs = List.of(pack(1, 1000, 249), pack(2, 1000, 250), pack(3, 1000, 1000));

        assertThat(Drain.doomed(packs, 1000)).containsExactly("pack1");
    }

    @Test
    void moreThanSixteenSmallPacksOfASizeAreDrained() {
        List<PackRecord> packs = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            packs.add(pack(i, 60 + i, 60));
            packs.add(pack(100 + i, 400, 400));
        }
        assertThat(Drain.doomed(packs, 1000)).isEmpty();

        packs.add(pack(16, 61, 61));
        packs.add(pack(17, 600, 600));

        assertThat(Drain.doomed(packs, 1000))
                .hasSize(17)
                .contains("pack16", "pack0")
                .doesNotContain("pack17", "pack100");
    }

    /** Changes one entry in a hundred, again and again. */
    private long[] change(TreeHost host, int rounds, int entries, int changed) throws IOException {
        Random random = new Random(7);
        host.putOrders(0, entries, 0);
        Backup backup = host.backup();
        for (int round = 1; round <= rounds; round++) {
            for (int i = 0; i < changed; i++) {
                int number = random.nextInt(entries);
                host.putOrders(number, number + 1, round);
            }
            backup = host.backup();
        }
        assertThat(host.read(backup)).isEqualTo(new TreeMap<>(host.items));
        List<PackRecord> packs = host.manifest(backup).packs();
        long named = packs.stream().mapToLong(pack -> pack.stored().bytes()).sum();
        return new long[] {packs.size(), named};
    }

    @Test
    void afterThirtyBackupsOfRandomChangesARestoreReadsAboutTwice() throws IOException {
        try (TreeHost host = new TreeHost(new MemoryStorageClient(), folder);
                TreeHost fresh = new TreeHost(new MemoryStorageClient(), folder)) {
            host.packBytes = 128 << 10;
            host.restart();
            long[] drained = change(host, 30, 8_000, 80);
            fresh.items.putAll(host.items);
            fresh.backup();

            assertThat(drained[1]).isLessThanOrEqualTo(fresh.packBytes() * 22 / 10);
        }
    }

    @Test
    void aHundredSmallBackupsNeedFewPacks() throws IOException {
        try (TreeHost host = new TreeHost(new MemoryStorageClient(), folder)) {
            host.packBytes = 1 << 20;
            host.restart();
            assertThat(change(host, 100, 2_000, 2)[0]).isLessThanOrEqualTo(48);
        }
    }

    @Test
    @Tag("soak")
    void aThousandSmallBackupsNeedFewPacks() throws IOException {
        try (TreeHost host = new TreeHost(new MemoryStorageClient(), folder)) {
            host.packBytes = 8 << 20;
            host.restart();
            assertThat(change(host, 1_000, 40_000, 40)[0]).isLessThanOrEqualTo(48);
        }
    }
}
