package io.kvbackup.repository.tree;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Chunk;
import io.kvbackup.format.tree.Chunker;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.format.tree.TreeBuilder;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.commons.codec.digest.MurmurHash3;
import org.junit.jupiter.api.Test;

/** What is made of the chunks before and of the keys that changed is what a scan of everything makes. */
class HintedPassTest {
    private static final int CHUNK = Chunker.MIN_SIZE;

    /** Of a map of bytes; counts what is read. */
    private static final class MapOfBytes implements DatabaseSnapshot {
        private final NavigableMap<byte[], byte[]> entries;
        private int read;

        MapOfBytes(NavigableMap<byte[], byte[]> entries) {
            this.entries = entries;
        }

        @Override
        public DatabaseBackup header() {
            return DatabaseBackup.of("db", new SetBackup("set", Encoding.BINARY, Encoding.BINARY));
        }

        @Override
        public void readEntries(String set, KeyRange range, EntryVisitor to) throws IOException {
            for (Map.Entry<byte[], byte[]> entry :
                    entries.tailMap(range.from(), true).entrySet()) {
                if (!range.contains(entry.getKey())) {
                    return;
                }
                read++;
                to.visit(entry.getKey(), entry.getValue());
            }
        }

        @Override
        public void close() {}
    }

    private static final class Collected implements HintedPass.Sink {
        private final List<Ref> refs = new ArrayList<>();
        private int added;

        @Override
        public void keep(Ref chunk) {
            refs.add(chunk);
        }

        @Override
        public void add(Chunk chunk) {
            refs.add(TreeBuilder.refTo(chunk));
            added++;
        }
    }

    private static List<Ref> scan(NavigableMap<byte[], byte[]> entries) throws IOException {
        List<Ref> refs = new ArrayList<>();
        Chunker chunker = new Chunker(CHUNK, "test", chunk -> refs.add(TreeBuilder.refTo(chunk)));
        for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
            chunker.visit(entry.getKey(), entry.getValue());
        }
        chunker.finish();
        return refs;
    }

    private static Collected hinted(List<Ref> before, MapOfBytes now, ChangedRanges changed, Predicate<Ref> usable)
            throws IOException {
        Collected sink = new Collected();
        new HintedPass(
                        now,
                        "set",
                        "test",
                        CHUNK,
                        changed,
                        damage -> new Leaves(before, null, ref -> {}, damage),
                        usable,
                        sink)
                .run();
        return sink;
    }

    private static List<String> shown(List<Ref> refs) {
        return refs.stream()
                .map(ref -> ref.digest() + " " + Arrays.toString(ref.lastKey()))
                .toList();
    }

    private static ChangedRanges ranges(SortedSet<byte[]> keys) {
        ChangedRanges changed = new ChangedRanges();
        keys.forEach(key -> changed.add(KeyRange.only(key)));
        return changed;
    }

    private static byte[] key(Random random, int space) {
        return String.format("key-%06d", random.nextInt(space)).getBytes(US_ASCII);
    }

    /** Most are small; some stand alone, or are nearly that large. */
    private static byte[] value(Random random) {
        int kind = random.nextInt(200);
        int length =
                kind == 0 ? random.nextInt(8 * CHUNK) : kind < 3 ? 2 * CHUNK - 40 + random.nextInt(50) : kind % 150;
        byte[] value = new byte[length];
        random.nextBytes(value);
        return value;
    }

    private interface Keys {
        byte[] next(Random random);
    }

    private static void live(long seed, Keys keys) throws IOException {
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(1_500); i > 0; i--) {
            entries.put(keys.next(random), value(random));
        }
        List<Ref> chunks = scan(entries);
        for (int round = 0; round < 10; round++) {
            ChangedRanges changed = change(random, entries, keys);
            int bound = random.nextInt(3) == 0 ? 20 : 0;
            Predicate<Ref> usable = ref -> bound == 0 || ref.bytes() % bound != 1;
            Collected made = hinted(chunks, new MapOfBytes(entries), changed, usable);
            List<Ref> expected = scan(entries);
            assertThat(shown(made.refs)).as("seed %d, round %d", seed, round).isEqualTo(shown(expected));
            chunks = expected;
        }
    }

    /** Gives keys that have changed, and now and then whole runs around them. */
    private static ChangedRanges change(Random random, NavigableMap<byte[], byte[]> entries, Keys keys) {
        TreeSet<byte[]> touched = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = random.nextInt(1 + random.nextInt(30)); i > 0; i--) {
            byte[] key = keys.next(random);
            byte[] near = entries.ceilingKey(key);
            byte[] target = random.nextBoolean() || near == null ? key : near;
            touched.add(target);
            if (random.nextInt(3) == 0) {
                entries.remove(target);
            } else {
                entries.put(target, value(random));
            }
        }
        if (random.nextInt(4) == 0) {
            byte[] from = keys.next(random);
            ChangedRanges changed = new ChangedRanges();
            touched.headSet(from).forEach(key -> changed.add(KeyRange.only(key)));
            entries.tailMap(from, true).keySet().removeIf(key -> random.nextInt(40) == 0);
            changed.add(new KeyRange(from, null));
            return changed;
        }
        return ranges(touched);
    }

    @Test
    void makesTheChunksOfAScan() throws IOException {
        for (int run = 0; run < 150; run++) {
            live(new Random().nextLong(), random -> key(random, 3_000));
        }
    }

    /** Hashes that fall from key to key end no chunk, so that chunks are cut for their length. */
    @Test
    void makesTheChunksOfAScanForCraftedKeysToo() throws IOException {
        int count = 600;
        List<byte[]> falling = new ArrayList<>();
        for (int i = 0, nonce = 0; i < count; nonce++) {
            byte[] key = String.format("%04d-%d", i, nonce).getBytes(US_ASCII);
            long hash = MurmurHash3.hash128x64(key, 0, key.length, 0)[0];
            if (Math.floor((hash >>> 1) / (double) Long.MAX_VALUE * count) == count - 1 - i) {
                falling.add(key);
                i++;
            }
        }
        for (int run = 0; run < 30; run++) {
            live(new Random().nextLong(), random -> falling.get(random.nextInt(falling.size())));
        }
    }

    @Test
    void readsLittleAroundAChange() throws IOException {
        Random random = new Random(7);
        NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 20_000; i++) {
            entries.put(String.format("key-%06d", i).getBytes(US_ASCII), new byte[90]);
        }
        List<Ref> before = scan(entries);
        TreeSet<byte[]> touched = new TreeSet<>(Arrays::compareUnsigned);
        for (int i = 0; i < 20; i++) {
            byte[] key = key(random, 20_000);
            touched.add(key);
            entries.put(key, new byte[91]);
        }
        MapOfBytes now = new MapOfBytes(entries);
        Collected made = hinted(before, now, ranges(touched), ref -> true);
        assertThat(shown(made.refs)).isEqualTo(shown(scan(entries)));
        assertThat(made.added).isLessThanOrEqualTo(3 * touched.size());
        assertThat(now.read).isLessThan(100 * touched.size());
    }

    @Test
    void readsNothingIfNothingChanged() throws IOException {
        NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < 5_000; i++) {
            entries.put(String.format("key-%06d", i).getBytes(US_ASCII), new byte[90]);
        }
        MapOfBytes now = new MapOfBytes(entries);
        Collected made = hinted(scan(entries), now, new ChangedRanges(), ref -> true);
        assertThat(shown(made.refs)).isEqualTo(shown(scan(entries)));
        assertThat(now.read).isZero();
    }
}
