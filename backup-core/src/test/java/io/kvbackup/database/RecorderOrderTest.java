package io.kvbackup.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.database.contract.ChangeModel;
import io.kvbackup.database.contract.DatabaseContents;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that write the same few keys: what is recorded last is what the map holds. */
class RecorderOrderTest {
    private static final int THREADS = 3;
    private static final int ROUNDS = 300;
    private static final int WRITES = 40;

    /** Lets others go first between what is written and what is recorded. */
    @SuppressWarnings("ThreadPriorityCheck") // makes bad schedules likely, not good ones certain
    private static final Codec<String> SLOW = Codec.of(
            value -> {
                Thread.yield();
                return value.getBytes(UTF_8);
            },
            bytes -> new String(bytes, UTF_8));

    static Stream<ConcurrentMap<String, String>> maps() {
        return Stream.of(
                new ConcurrentHashMap<>(),
                new ConcurrentSkipListMap<>(),
                new ConcurrentSkipListMap<>(Comparator.comparing(key -> key.toUpperCase(Locale.ROOT))));
    }

    @ParameterizedTest
    @MethodSource("maps")
    void whatIsRecordedLastIsWhatTheMapHolds(ConcurrentMap<String, String> map) throws Exception {
        long seed = System.nanoTime();
        System.out.println("whatIsRecordedLastIsWhatTheMapHolds: seed " + seed);
        ChangeRecorder recorder = ChangeRecorder.create();
        ConcurrentMap<String, String> journal = recorder.journal("items", map, Codec.utf8(), SLOW);
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", map, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        ChangeModel model = ChangeModel.startingWith(Map.of());
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ChangeReader reader = recorder.open(recorder.position())) {
            for (int round = 0; round < ROUNDS; round++) {
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    Random random = new Random(seed + round * 10L + i);
                    writers.add(threads.submit(() -> {
                        start.await();
                        for (int write = 0; write < WRITES; write++) {
                            write(journal, random);
                        }
                        return null;
                    }));
                }
                for (Future<?> writer : writers) {
                    writer.get();
                }
                model.readAll(reader);
                DatabaseContents.assertSame(
                        model.entries("items"),
                        DatabaseContents.of(database).get("items"),
                        "seed " + seed + ", round " + round);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(recorder.position()).isEqualTo(model.lastPosition());
    }

    private static void write(ConcurrentMap<String, String> journal, Random random) {
        String key = random.nextBoolean() ? "k" : "K";
        String value = String.valueOf(random.nextInt());
        switch (random.nextInt(7)) {
            case 0, 1 -> journal.put(key, value);
            case 2 -> journal.remove(key);
            case 3 -> journal.merge(key, value, (old, more) -> more);
            case 4 -> journal.putIfAbsent(key, value);
            case 5 -> journal.computeIfPresent(key, (same, old) -> null);
            default -> journal.replace(key, value);
        }
    }

    @ParameterizedTest
    @MethodSource("maps")
    void aSnapshotBesideWritersStandsInTheLog(ConcurrentMap<String, String> map) throws Exception {
        long seed = System.nanoTime();
        System.out.println("aSnapshotBesideWritersStandsInTheLog: seed " + seed);
        ChangeRecorder recorder = ChangeRecorder.create();
        ConcurrentMap<String, String> journal = recorder.journal("items", map, Codec.utf8(), SLOW);
        MapDatabase database = MapDatabase.builder("orders")
                .set("items", map, Codec.utf8(), Codec.utf8())
                .changes(recorder)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        ChangeModel model = ChangeModel.startingWith(Map.of());
        try (ChangeReader reader = recorder.open(recorder.position())) {
            for (int round = 0; round < 50; round++) {
                Random random = new Random(seed + round);
                Future<?> writer = threads.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        journal.put("key " + random.nextInt(300), "value " + i);
                        journal.remove("key " + random.nextInt(300));
                    }
                });
                var content = DatabaseContents.empty();
                ChangeLog.Span span;
                try (DatabaseSnapshot snapshot = database.openSnapshot()) {
                    content.putAll(DatabaseContents.of(snapshot, "items"));
                    span = snapshot.changes().orElse(null);
                }
                writer.get();
                model.readAll(reader);
                if (span != null) {
                    assertStands(span, content, model, "seed " + seed + ", round " + round);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void assertStands(
            ChangeLog.Span span, Map<byte[], byte[]> content, ChangeModel history, String what) {
        var replayed = DatabaseContents.empty();
        replayed.putAll(content);
        Map<String, NavigableMap<byte[], byte[]>> sets = new TreeMap<>(Map.of("items", replayed));
        history.commits().stream()
                .filter(commit -> commit.position() > span.replayFrom() && commit.position() <= span.consistentAt())
                .forEach(commit -> commit.changes().forEach(change -> change.applyTo(sets)));
        var expected = history.at(span.consistentAt()).getOrDefault("items", DatabaseContents.empty());
        DatabaseContents.assertSame(replayed, expected, what + ", " + span);
    }
}
