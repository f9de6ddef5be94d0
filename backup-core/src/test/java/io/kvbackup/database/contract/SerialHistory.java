package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that write to both sets, one step after the other, and a record of the steps: since each step writes its
 * number, whatever claims to be the state at one instant can be compared with a replay up to that number.
 */
final class SerialHistory implements AutoCloseable {
    private static final int ACCOUNTS = 300;
    private static final String VERSION = "version";

    private final DatabaseUnderTest target;
    private final long seed;
    private final Queue<List<Write>> steps = new ConcurrentLinkedQueue<>();
    private final Map<String, NavigableMap<byte[], byte[]>> model =
            Map.of("first", DatabaseContents.empty(), "second", DatabaseContents.empty());
    private int replayed;
    private final AtomicInteger done = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final ExecutorService writers;
    private volatile boolean stopped;

    private SerialHistory(DatabaseUnderTest target, long seed, int threads) {
        this.target = target;
        this.seed = seed;
        this.writers = Executors.newFixedThreadPool(threads);
    }

    static SerialHistory start(DatabaseUnderTest target, long seed, int threads) {
        SerialHistory history = new SerialHistory(target, seed, threads);
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            history.writers.execute(() -> history.keepWriting(random));
        }
        return history;
    }

    private void keepWriting(Random random) {
        try {
            while (!stopped) {
                step(random);
            }
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private synchronized void step(Random random) throws Exception {
        String version = String.valueOf(done.get() + 1);
        List<Write> step = new ArrayList<>();
        step.add(Write.put("first", VERSION, version));
        for (int i = 0; i < 3; i++) {
            String set = random.nextBoolean() ? "first" : "second";
            String key = "account " + random.nextInt(ACCOUNTS);
            step.add(random.nextInt(4) == 0 ? Write.delete(set, key) : Write.put(set, key, version + "/" + i));
        }
        target.write(step);
        steps.add(step);
        done.incrementAndGet();
    }

    /** Waits until so many more steps are done. */
    void awaitWrites(int more) {
        awaitDone(done.get() + more);
    }

    /** Versions must not go back from one call to the next. */
    void assertOneInstant(NavigableMap<byte[], byte[]> first, NavigableMap<byte[], byte[]> second) {
        byte[] version = first.get(VERSION.getBytes(UTF_8));
        int count = version == null ? 0 : Integer.parseInt(new String(version, UTF_8));
        // A snapshot may show a step that its writer has not recorded yet.
        awaitDone(count);
        replayUpTo(count);
        assertSame(first, model.get("first"), "seed " + seed + ", first at version " + count);
        assertSame(second, model.get("second"), "seed " + seed + ", second at version " + count);
    }

    private void replayUpTo(int count) {
        assertThat(count).as("seed %d: version", seed).isGreaterThanOrEqualTo(replayed);
        for (; replayed < count; replayed++) {
            for (Write write : steps.remove()) {
                if (write.value() == null) {
                    model.get(write.set()).remove(write.key());
                } else {
                    model.get(write.set()).put(write.key(), write.value());
                }
            }
        }
    }

    private void awaitDone(int goal) {
        await().pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofMinutes(1))
                .until(() -> done.get() >= goal || !failures.isEmpty());
        assertThat(failures).as("seed %d: failures of writers", seed).isEmpty();
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        writers.shutdown();
        assertThat(writers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).as("seed %d: failures of writers", seed).isEmpty();
    }
}
