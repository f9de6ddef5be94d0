package io.kvbackup.examples.benchmark;

import com.github.luben.zstd.Zstd;
import io.kvbackup.BackupManager;
import io.kvbackup.BackupOptions;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupKind;
import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.file.FileStorageClient;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Changes one database in several ways and measures the backup after each. Prints a line for each figure. */
final class IncrementalWorkloads implements Closeable {
    private static final int FRAME = 128 * 1024;
    private static final Pattern PACK = Pattern.compile("\"packs/");

    private final BenchmarkDatabase database;
    private final CountingStore store;
    private final BackupManager manager;
    private final long entries;
    private final Random random;
    private final BenchmarkValues values;
    private final Consumer<String> lines;
    private long next;
    private long fullBytes;

    private IncrementalWorkloads(
            BenchmarkDatabase database,
            CountingStore store,
            BackupManager manager,
            long entries,
            long seed,
            Consumer<String> lines) {
        this.database = database;
        this.store = store;
        this.manager = manager;
        this.entries = entries;
        this.random = new Random(seed);
        this.values = new BenchmarkValues(seed + 1);
        this.lines = lines;
        this.next = entries;
    }

    /** Opens the database that was filled in a folder, and a store beside it. */
    static IncrementalWorkloads open(Path folder, long entries, long seed, Consumer<String> lines) throws IOException {
        CountingStore store = new CountingStore(new FileStorageClient(folder.resolve("trees")));
        BenchmarkDatabase database = BenchmarkDatabase.open(folder.resolve("source"));
        BackupManager manager = BackupManager.builder()
                .storage(store)
                .database(database.database())
                .build();
        return new IncrementalWorkloads(database, store, manager, entries, seed, lines);
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private static long nanos(Work work) throws IOException {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private CountingStore.Traffic traffic(Work work) throws IOException {
        CountingStore.Traffic before = store.traffic();
        work.run();
        return store.traffic().since(before);
    }

    private static double median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void print(String what, long figure, String bound) {
        print(what, (double) figure, bound);
    }

    private void print(String what, double figure, String bound) {
        lines.accept(String.format(Locale.ROOT, "%-58s %12.3f   %s", what, figure, bound));
    }

    private Backup backUp(BackupKind kind, boolean newLineage) throws IOException {
        return manager.backupDatabase(
                BenchmarkDatabase.NAME,
                BackupOptions.builder().kind(kind).newLineage(newLineage).build());
    }

    private Backup increment() throws IOException {
        return backUp(BackupKind.INCREMENTAL, false);
    }

    private void scan() throws IOException {
        try (DatabaseSnapshot snapshot = database.database().openSnapshot()) {
            for (String set : snapshot.header().sets().keySet()) {
                snapshot.readEntries(set, KeyRange.all(), (key, value) -> {});
            }
        }
    }

    /** Scan, full, first tree, and a tree of which nothing changed, in turn. */
    void timed(int rounds) throws IOException {
        long[][] times = new long[4][rounds];
        long[] full = new long[1];
        CountingStore.Traffic[] first = new CountingStore.Traffic[1];
        CountingStore.Traffic[] same = new CountingStore.Traffic[1];
        for (int i = 0; i < rounds; i++) {
            times[0][i] = nanos(this::scan);
            times[1][i] = nanos(() -> full[0] = backUp(BackupKind.FULL, false).storedBytes());
            times[2][i] = nanos(() -> first[0] = traffic(() -> backUp(BackupKind.INCREMENTAL, true)));
            times[3][i] = nanos(() -> same[0] = traffic(this::increment));
        }
        fullBytes = full[0];
        print("scan, s", median(times[0]) / 1e9, "");
        print("full backup, s", median(times[1]) / 1e9, "");
        print("first tree / full backup: time", median(times[2]) / median(times[1]), "<= 1.25");
        print("first tree / full backup: bytes", (double) first[0].stored() / full[0], "<= 1.08");
        print("unchanged / scan: time", median(times[3]) / median(times[0]), "<= 1.15");
        print("unchanged: bytes stored (document, manifest)", same[0].stored(), "no pack");
        print("unchanged: requests, parent in memory", same[0].requests(), "<= 7");
    }

    /** One change of each kind. */
    void changes() throws IOException {
        long one = entries / 100;
        long from = entries / 3;
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        long compressed = put(LongStream.range(from, from + one), changed);
        print(
                "clustered 1 %: stored / compressed changes",
                (double) traffic(this::increment).stored() / compressed, "<= 1.3");
        put(random.longs(one, 0, entries), changed);
        print("random 1 %: stored / full", (double) traffic(this::increment).stored() / fullBytes, "<= 0.25");
        compressed = put(LongStream.range(next, next + one), changed);
        next += one;
        print(
                "append 1 %: stored / compressed changes",
                (double) traffic(this::increment).stored() / compressed, "<= 1.1");
        database.deleteRange(entries / 2, entries / 2 + entries / 10);
        print("range of 10 % deleted: bytes stored", traffic(this::increment).stored(), "3 chunks and nodes a level");
    }

    /** Thirty times a random percent, and a restore of the last. */
    void generations() throws IOException {
        for (int i = 0; i < 30; i++) {
            put(random.longs(entries / 100, 0, entries), new ByteArrayOutputStream());
            increment();
        }
        CountingStore.Traffic trees = traffic(() -> manager.verify(latest().objectName()));
        backUp(BackupKind.FULL, false);
        CountingStore.Traffic archive = traffic(() -> manager.verify(latest().objectName()));
        print(
                "30 x random 1 %: bytes fetched by a reader / full",
                (double) trees.fetched() / archive.fetched(), "<= 2.2");
    }

    /** One key out of the last tree. */
    void points() throws IOException {
        Backup tree = increment();
        KeyRange key = KeyRange.only(BenchmarkValues.key(entries / 7));
        CountingStore.Traffic point = traffic(
                () -> manager.readEntries(tree.objectName(), BenchmarkDatabase.NAME, "default", key, (k, v) -> {}));
        print("point read: requests", point.requests(), "levels + 3");
        print("point read: bytes", point.fetched(), "<= 524288");
    }

    /** Many backups after changes of a thousandth each. */
    void smallIncrements(int increments) throws IOException {
        for (int i = 0; i < increments; i++) {
            put(random.longs(100, 0, 100_000), new ByteArrayOutputStream());
            increment();
        }
        print(increments + " x 0.1 %: packs in use", packsOf(latest()), "<= 48");
    }

    /** As its manifest names them. */
    private long packsOf(Backup backup) throws IOException {
        try (InputStream in = store.download(backup.objectName() + ".manifest.json", ByteRange.all())) {
            return PACK.matcher(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .results()
                    .count();
        }
    }

    private Backup latest() throws IOException {
        return manager.listBackups(BenchmarkDatabase.NAME).get(0);
    }

    /** Changes entries. Gives how many bytes they have in frames of zstd. */
    private long put(LongStream numbers, ByteArrayOutputStream frame) throws IOException {
        long[] compressed = new long[1];
        database.put(numbers.sorted(), values, (key, value) -> {
            frame.writeBytes(key);
            frame.writeBytes(value);
            if (frame.size() >= FRAME) {
                compressed[0] += compressedSize(frame);
            }
        });
        return compressed[0] + compressedSize(frame);
    }

    private static long compressedSize(ByteArrayOutputStream frame) {
        long size = Zstd.compress(frame.toByteArray(), 1).length;
        frame.reset();
        return size;
    }

    @Override
    public void close() throws IOException {
        manager.close();
        database.close();
    }
}
