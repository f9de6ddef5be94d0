package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.pipeline.DataKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was written is read again, whatever it is and however it is spread over packs. */
class TreeRoundTripTest {
    private static final DataKey KEY = DataKey.of("0123456789abcdef0123456789abcdef".getBytes(UTF_8));

    private static void requireSame(RandomEntries actual, RandomEntries expected) {
        assertThat(actual.size()).isEqualTo(expected.size());
        for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
            assertThat(actual.get(entry.getKey())).isEqualTo(entry.getValue());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyEntriesComeBack(boolean encrypted) throws Exception {
        long seed = new Random().nextLong();
        System.out.println("TreeRoundTripTest: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 8; round++) {
            RandomEntries entries = RandomEntries.any(random, random.nextInt(1_000), 200_000);
            MemoryTree tree = new MemoryTree(random.nextInt(2_000_000), encrypted ? KEY : null);
            requireSame(tree.read(tree.write(entries, Optional.empty())), entries);
        }
    }

    @Test
    void aTreeHasSeveralLevelsAndPacks() throws Exception {
        RandomEntries entries = RandomEntries.orders(50_000);
        MemoryTree tree = new MemoryTree(500_000, null);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        assertThat(root.level()).isGreaterThanOrEqualTo(3);
        assertThat(root.entries()).isEqualTo(50_000);
        assertThat(root.lastKey()).isEqualTo(entries.lastKey());
        assertThat(tree.packs.size()).isGreaterThan(2);
        requireSame(tree.read(Optional.of(root)), entries);
    }

    @Test
    void unchangedEntriesWriteNothingAndGiveTheSameRoot() throws Exception {
        RandomEntries entries = RandomEntries.orders(20_000);
        MemoryTree tree = new MemoryTree(1 << 20, null);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        int packs = tree.packs.size();

        Ref again = tree.write(entries, Optional.of(root)).orElseThrow();

        assertThat(again.digest()).isEqualTo(root.digest());
        assertThat(again.place()).isEqualTo(root.place());
        assertThat(tree.packs).hasSize(packs);
    }

    @Test
    void oneChangeWritesOneChunkAndOneNodeOfEachLevel() throws Exception {
        RandomEntries entries = RandomEntries.orders(20_000);
        MemoryTree tree = new MemoryTree(64 << 20, null);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();

        RandomEntries changed = new RandomEntries(entries);
        changed.put("order:000000010000".getBytes(UTF_8), RandomEntries.order(10_000, 1));
        Ref next = tree.write(changed, Optional.of(root)).orElseThrow();

        assertThat(tree.newChunks).isEqualTo(1);
        assertThat(tree.newNodes).isEqualTo(root.level());
        requireSame(tree.read(Optional.of(next)), changed);
        requireSame(tree.read(Optional.of(root)), entries);
        assertThat(tree.packs.values().stream().skip(1).findFirst().orElseThrow().length)
                .isLessThan(20_000);
    }

    @Test
    void historyLeavesNoTraceInRoots() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("TreeRoundTripTest: seed " + seed);
        Random random = new Random(seed);
        RandomEntries entries = RandomEntries.orders(3_000);
        MemoryTree tree = new MemoryTree(200_000, null);
        Optional<Ref> root = Optional.empty();
        for (int round = 0; round < 15; round++) {
            change(entries, random);
            if (random.nextInt(3) == 0) {
                List<PackId> ids = new ArrayList<>(tree.packs.keySet());
                tree.unusable.add(ids.isEmpty() ? new PackId(0, 0) : ids.get(random.nextInt(ids.size())));
            }
            root = tree.write(entries, root);
            Optional<Ref> fresh = new MemoryTree(1 << 20, null).write(entries, Optional.empty());
            assertThat(root.map(Ref::digest)).as("seed %d", seed).isEqualTo(fresh.map(Ref::digest));
            requireSame(tree.read(root), entries);
            requireNothingUnusable(tree, root.orElseThrow());
        }
    }

    private static void change(RandomEntries entries, Random random) {
        for (int i = random.nextInt(50); i > 0; i--) {
            byte[] key = String.format("order:%012d", random.nextInt(3_000)).getBytes(UTF_8);
            switch (random.nextInt(3)) {
                case 0 -> entries.remove(key);
                case 1 -> entries.put(Arrays.copyOf(key, key.length + 1), new byte[random.nextInt(20_000)]);
                default -> entries.put(key, RandomEntries.order(i, random.nextInt()));
            }
        }
    }

    private static void requireNothingUnusable(MemoryTree tree, Ref ref) throws IOException {
        assertThat(tree.unusable).doesNotContain(ref.place().pack());
        if (!ref.isChunk()) {
            for (Ref below : tree.node(ref).refs()) {
                requireNothingUnusable(tree, below);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void footersNameAllChunksOfAPackDirectlyOrByANode(boolean encrypted) throws Exception {
        RandomEntries entries = RandomEntries.orders(10_000);
        MemoryTree tree = new MemoryTree(150_000, encrypted ? KEY : null);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        assertThat(tree.packs.size()).isGreaterThan(3);
        RandomEntries found = new RandomEntries();
        for (PackId id : tree.packs.keySet()) {
            PackFooter footer = tree.footer(id);
            long plain = 0;
            for (PackFooter.Frame frame : footer.frames()) {
                plain += tree.frame(frame, id).length;
            }
            assertThat(plain).isPositive();
            assertThat(footer.sets()).containsOnlyKeys(MemoryTree.SET);
            for (Ref ref : footer.sets().get(MemoryTree.SET)) {
                assertThat(ref.place().pack()).isEqualTo(id);
                for (Ref chunk : ref.isChunk() ? List.of(ref) : tree.node(ref).refs()) {
                    ChunkCursor.readAll(chunk, tree.frame(chunk), found::put);
                }
            }
        }
        requireSame(found, entries);
        assertThat(root.level()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void entriesTooLargeForAFrameOfTheirOwnKindStandAlone() throws Exception {
        RandomEntries entries = RandomEntries.orders(200);
        Random random = new Random(3);
        for (int size : new int[] {6_000, 65_000, 66_000, 131_072, 3_000_000}) {
            byte[] noise = new byte[size];
            random.nextBytes(noise);
            entries.put(("noise" + size).getBytes(UTF_8), noise);
            entries.put(("zeros" + size).getBytes(UTF_8), new byte[size]);
        }
        for (DataKey key : new DataKey[] {null, KEY}) {
            MemoryTree tree = new MemoryTree(64 << 20, key);
            Ref root = tree.write(entries, Optional.empty()).orElseThrow();
            requireSame(tree.read(Optional.of(root)), entries);
            PackId id = root.place().pack();
            assertThat(tree.packs.get(id).length).isBetween(3_270_000, 3_400_000);
            assertThat(tree.footer(id).frames().stream().map(PackFooter.Frame::kind))
                    .contains(FrameKind.CHUNKS_ZSTD, FrameKind.CHUNKS_RAW);
        }
    }

    @Test
    void aSetOfOneChunkHasTheChunkAsRoot() throws Exception {
        MemoryTree tree = new MemoryTree(1 << 20, null);
        RandomEntries entries = RandomEntries.orders(1);
        Ref root = tree.write(entries, Optional.empty()).orElseThrow();
        assertThat(root.isChunk()).isTrue();
        assertThat(root.entries()).isEqualTo(1);
        requireSame(tree.read(Optional.of(root)), entries);
        assertThat(tree.write(new RandomEntries(), Optional.empty())).isEmpty();
    }
}
