package io.kvbackup.format.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ChunkerTest {
    private static final int C = Chunker.DEFAULT_SIZE;
    private static final int W = C / 2;

    /** What is left of a chunk when its bytes are gone. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kept(byte[] bytes, byte[] lastKey, long entries, Digest digest) {
        static Kept of(Chunk chunk) {
            byte[] bytes = new byte[chunk.length()];
            chunk.copyTo(bytes, 0);
            return new Kept(bytes, chunk.lastKey(), chunk.entries(), chunk.digest());
        }
    }

    private static List<Kept> chunks(RandomEntries entries, int chunkSize) throws IOException {
        List<Kept> chunks = new ArrayList<>();
        Chunker chunker = new Chunker(chunkSize, "test", chunk -> chunks.add(Kept.of(chunk)));
        entries.pushTo(chunker);
        chunker.finish();
        return chunks;
    }

    private static int size(byte[] key, byte[] value) {
        return BytesOut.varintBytes(key.length) + key.length + BytesOut.varintBytes(value.length) + value.length;
    }

    /** The rule as it is written down: for each entry, all others are looked at. Gives the last key of each chunk. */
    private static List<byte[]> byDefinition(RandomEntries entries, int chunkSize) {
        List<byte[]> keys = new ArrayList<>(entries.keySet());
        int count = keys.size();
        long[] ends = new long[count];
        int[] sizes = new int[count];
        long end = 0;
        for (int i = 0; i < count; i++) {
            sizes[i] = size(keys.get(i), entries.get(keys.get(i)));
            end += sizes[i];
            ends[i] = end;
        }
        List<byte[]> last = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < count; i++) {
            boolean large = sizes[i] >= 2 * chunkSize;
            if (ends[i] - sizes[i] > start && (large || ends[i] - start > 16L * chunkSize)) {
                last.add(keys.get(i - 1));
                start = ends[i - 1];
            }
            if (large || i == count - 1 || isLeast(i, keys, ends, chunkSize / 2)) {
                last.add(keys.get(i));
                start = ends[i];
            }
        }
        return last;
    }

    private static boolean isLeast(int i, List<byte[]> keys, long[] ends, int reach) {
        for (int j = 0; j < ends.length; j++) {
            if (j != i && Math.abs(ends[j] - ends[i]) <= reach) {
                int order = Long.compareUnsigned(hash(keys.get(j)), hash(keys.get(i)));
                if (order < 0 || (order == 0 && j < i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static long hash(byte[] key) {
        return KeyHash.ofEntry(key) ^ Long.MIN_VALUE;
    }

    @Test
    void streamsWhatTheDefinitionSays() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("ChunkerTest: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int size = Chunker.MIN_SIZE << random.nextInt(3);
            RandomEntries entries = RandomEntries.any(random, 1 + random.nextInt(500), 4 * size);
            assertThat(chunks(entries, size).stream().map(Kept::lastKey).toList())
                    .as("seed %d, round %d", seed, round)
                    .usingElementComparator(Arrays::compareUnsigned)
                    .containsExactlyElementsOf(byDefinition(entries, size));
        }
    }

    @Test
    void chunksAreTheSameInWhateverBatchesEntriesCome() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("ChunkerTest: seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            RandomEntries entries = RandomEntries.any(random, 1 + random.nextInt(500), 4 * C);
            List<Kept> batched = new ArrayList<>();
            Chunker chunker = new Chunker(C, "test", chunk -> batched.add(Kept.of(chunk)));
            EntryBatch batch = new EntryBatch(10);
            for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
                if (random.nextInt(20) == 0) {
                    chunker.visitAll(batch);
                    batch.clear();
                    chunker.visit(entry.getKey(), entry.getValue());
                } else {
                    batch.add(entry.getKey(), entry.getValue());
                }
            }
            chunker.visitAll(batch);
            chunker.finish();
            assertThat(batched.stream().map(Kept::digest).toList())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(chunks(entries, C).stream().map(Kept::digest).toList());
        }
    }

    @Test
    void chunksHoldAllEntriesInOrder() throws Exception {
        Random random = new Random(5);
        RandomEntries entries = RandomEntries.any(random, 2_000, 3 * C);
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
            BytesOut out = new BytesOut(16);
            out.varint(entry.getKey().length).raw(entry.getKey());
            out.varint(entry.getValue().length).raw(entry.getValue());
            encoded.write(out.toBytes());
        }
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        long count = 0;
        for (Kept chunk : chunks(entries, C)) {
            joined.write(chunk.bytes());
            count += chunk.entries();
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((byte) 0);
            assertThat(chunk.digest().toBytes()).isEqualTo(sha256.digest(chunk.bytes()));
        }
        assertThat(joined.toByteArray()).isEqualTo(encoded.toByteArray());
        assertThat(count).isEqualTo(entries.size());
    }

    @Test
    void sizesAreAsMeasured() throws Exception {
        // The design's table, at 3 KiB: mean 3,228 bytes, coefficient of variation 0.38.
        List<Kept> chunks = chunks(RandomEntries.orders(30_000), C);
        double mean = chunks.stream()
                .mapToInt(chunk -> chunk.bytes().length)
                .average()
                .orElseThrow();
        double variance = chunks.stream()
                .mapToDouble(chunk -> Math.pow(chunk.bytes().length - mean, 2))
                .average()
                .orElseThrow();
        System.out.printf("ChunkerTest: mean %.0f, CoV %.3f%n", mean, Math.sqrt(variance) / mean);
        assertThat(mean).isBetween(3_100.0, 3_350.0);
        assertThat(Math.sqrt(variance) / mean).isBetween(0.34, 0.42);
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.bytes().length).isLessThan(6 * C));
    }

    @Test
    void oneOperationReachesThreeChunksAtMost() throws Exception {
        reach(150, new Random().nextLong());
    }

    @Test
    @Tag("soak")
    void oneOperationReachesThreeChunksAtMostForLong() throws Exception {
        reach(2_000, new Random().nextLong());
    }

    /** Two more if the operation makes an entry so large that it must stand alone, itself being one of them. */
    private static void reach(int operations, long seed) throws IOException {
        System.out.println("ChunkerTest: seed " + seed);
        Random random = new Random(seed);
        RandomEntries entries = RandomEntries.any(random, 1_000, 3 * C);
        Set<Digest> before = digests(entries);
        int[] worst = new int[2];
        for (int i = 0; i < operations; i++) {
            List<byte[]> keys = new ArrayList<>(entries.keySet());
            byte[] key = keys.get(random.nextInt(keys.size()));
            byte[] changed = random.nextBoolean() ? key : Arrays.copyOf(key, key.length + 1);
            byte[] value = new byte[random.nextInt(random.nextInt(4) == 0 ? 4 * C : 500)];
            if (random.nextInt(4) == 0) {
                entries.remove(key);
                value = new byte[0];
            } else {
                entries.put(changed, value);
            }
            Set<Digest> after = digests(entries);
            Set<Digest> fresh = new HashSet<>(after);
            fresh.removeAll(before);
            before = after;
            int large = value.length >= 2 * C - 400 ? 1 : 0;
            worst[large] = Math.max(worst[large], fresh.size());
        }
        System.out.println("ChunkerTest: worst reach " + worst[0] + ", of large entries " + worst[1]);
        assertThat(worst[0]).as("seed %d", seed).isBetween(1, 3);
        assertThat(worst[1]).as("seed %d", seed).isBetween(1, 5);
    }

    private static Set<Digest> digests(RandomEntries entries) throws IOException {
        Set<Digest> digests = new HashSet<>();
        chunks(entries, C).forEach(chunk -> digests.add(chunk.digest()));
        return digests;
    }

    @Test
    void keysMadeToHaveEverGreaterHashesDoNotGrowChunks() throws Exception {
        // Each key has a greater hash than the one before, so but for the first no entry is ever the least.
        RandomEntries entries = new RandomEntries();
        long former = Long.MIN_VALUE;
        for (int i = 0, tried = 0; i < 1_000; tried++) {
            byte[] key = String.format("%06d-%d", i, tried).getBytes(UTF_8);
            long hash = KeyHash.ofEntry(key);
            long step = Long.divideUnsigned(-1, 1_000);
            if (hash > former && hash - former < 4 * step && hash - former > 0) {
                former = hash;
                entries.put(key, new byte[350]);
                i++;
            } else if (former > Long.MAX_VALUE - step) {
                break;
            }
        }
        assertThat(entries.size()).isGreaterThan(400);
        List<Kept> chunks = chunks(entries, C);
        assertThat(chunks).allSatisfy(chunk -> assertThat(chunk.bytes().length).isLessThanOrEqualTo(16 * C));
        assertThat(chunks).anySatisfy(chunk -> assertThat(chunk.bytes().length).isGreaterThan(15 * C));
        assertThat(chunks.stream().map(Kept::lastKey).toList())
                .usingElementComparator(Arrays::compareUnsigned)
                .containsExactlyElementsOf(byDefinition(entries, C));
    }

    @Test
    void ofEqualHashesTheFirstIsLess() {
        HashWindow window = new HashWindow(10);
        window.add(5, 7);
        window.add(15, 7);
        assertThat(window.isLeast(5)).isTrue();
        assertThat(window.isLeast(15)).isFalse();
        HashWindow apart = new HashWindow(9);
        apart.add(5, 7);
        assertThat(apart.isLeast(5)).isTrue();
        apart.add(15, 7);
        assertThat(apart.isLeast(15)).isTrue();
    }

    @Test
    void anEntryIsReachedFromExactlyHalfAChunkSizeAway() throws Exception {
        byte[] least = keyWithHash(true);
        byte[] other = keyWithHash(false);
        for (int distance : new int[] {W - 1, W, W + 1}) {
            for (boolean leastFirst : new boolean[] {true, false}) {
                byte[] first = leastFirst ? least : other;
                byte[] second = leastFirst ? other : least;
                RandomEntries entries = new RandomEntries();
                entries.put(prefixed(1, first), new byte[20]);
                byte[] key = prefixed(2, second);
                entries.put(key, new byte[distance - size(key, new byte[W / 2]) + W / 2]);
                assertThat(size(key, entries.get(key))).isEqualTo(distance);
                assertThat(chunks(entries, C).stream().map(Kept::lastKey).toList())
                        .as("distance %d, least first %s", distance, leastFirst)
                        .usingElementComparator(Arrays::compareUnsigned)
                        .containsExactlyElementsOf(byDefinition(entries, C));
                boolean firstIsLess = hash(prefixed(1, first)) + Long.MIN_VALUE < hash(key) + Long.MIN_VALUE;
                assertThat(chunks(entries, C)).hasSize(firstIsLess || distance > W ? 2 : 1);
            }
        }
    }

    private static byte[] prefixed(int number, byte[] key) {
        return (number + new String(key, UTF_8)).getBytes(UTF_8);
    }

    /** Whatever single digit is put before it, its hash is in the lower, or in the upper, half. */
    private static byte[] keyWithHash(boolean low) {
        for (int i = 0; ; i++) {
            byte[] key = Integer.toString(i).getBytes(UTF_8);
            if (KeyHash.ofEntry(prefixed(1, key)) < 0 == low && KeyHash.ofEntry(prefixed(2, key)) < 0 == low) {
                return key;
            }
        }
    }

    @Test
    void largeEntriesStandAlone() throws Exception {
        RandomEntries entries = RandomEntries.orders(200);
        byte[] key = "order:000000000100".getBytes(UTF_8);
        int head = size(key, new byte[2 * C]) - 2 * C;
        entries.put(key, new byte[2 * C - head]);
        List<Kept> chunks = chunks(entries, C);
        assertThat(chunks).anySatisfy(chunk -> {
            assertThat(chunk.lastKey()).isEqualTo(key);
            assertThat(chunk.bytes().length).isEqualTo(2 * C);
            assertThat(chunk.entries()).isOne();
        });

        entries.put(key, new byte[2 * C - head - 1]);
        assertThat(chunks(entries, C))
                .noneSatisfy(chunk -> assertThat(chunk.bytes().length).isEqualTo(2 * C - 1));

        entries.put(key, new byte[5_000_000]);
        Set<Digest> others = new HashSet<>();
        chunks.stream().filter(chunk -> chunk.entries() > 1).forEach(chunk -> others.add(chunk.digest()));
        assertThat(digests(entries)).containsAll(others);
    }

    @Test
    void aValueIsNotCopiedIfItStandsAlone() throws Exception {
        byte[] value = new byte[1 << 20];
        List<byte[]> written = new ArrayList<>();
        Chunker chunker = new Chunker(
                C,
                "test",
                chunk -> chunk.writeTo(new java.io.OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("byte by byte");
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        written.add(bytes);
                    }
                }));
        chunker.visit(new byte[] {1}, value);
        chunker.finish();
        assertThat(written).hasSize(2).last().isSameAs(value);
    }

    @Test
    void smallSetsAreOneChunk() throws Exception {
        assertThat(chunks(new RandomEntries(), C)).isEmpty();
        RandomEntries one = new RandomEntries();
        one.put(new byte[0], new byte[0]);
        assertThat(chunks(one, C))
                .singleElement()
                .satisfies(chunk -> assertThat(chunk.bytes()).containsExactly(0, 0));
    }

    @Test
    void refusesDisorderAndSizes() throws Exception {
        Chunker chunker = new Chunker(C, "database orders, set items", chunk -> {});
        chunker.visit(new byte[] {2}, new byte[0]);
        for (byte key = 1; key <= 2; key++) {
            byte[] notGreater = {key};
            assertThatThrownBy(() -> chunker.visit(notGreater, new byte[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("database orders, set items")
                    .hasMessageContaining("ascending");
        }
        for (int size : new int[] {Chunker.MIN_SIZE - 1, Chunker.MAX_SIZE + 1, 0, -1}) {
            assertThatThrownBy(() -> new Chunker(size, "test", chunk -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(String.valueOf(size));
        }
    }
}
