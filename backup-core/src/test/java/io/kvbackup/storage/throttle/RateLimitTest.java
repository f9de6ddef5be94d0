package io.kvbackup.storage.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kvbackup.storage.retry.VirtualTime;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
    private final VirtualTime time = new VirtualTime();

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 49, 1_000, 65_537, 1_000_000_000})
    void whatPassesInAnySpanIsBounded(long rate) throws Exception {
        RateLimit limit = new RateLimit(rate, time::nanoTime, time::sleep);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Duration> times = new ArrayList<>();
        List<Long> totals = new ArrayList<>();
        long total = 0;
        for (int i = 0; i < 400; i++) {
            if (random.nextInt(10) == 0) {
                time.sleep(Duration.ofNanos((long) (random.nextDouble() * 3e9)));
            }
            times.add(time.elapsed());
            totals.add(total);
            total += limit.awaitTurn();
            for (int from = 0; from < times.size(); from++) {
                double seconds = time.elapsed().minus(times.get(from)).toNanos() / 1e9;
                assertThat((double) (total - totals.get(from)))
                        .as("bytes in %.3f s, seed %d", seconds, seed)
                        .isLessThanOrEqualTo(seconds * rate + limit.burst() + 1e-6 * rate);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 12_345, 100_000_000, 5_000_000_000L})
    void theRateIsReached(long rate) throws Exception {
        RateLimit limit = new RateLimit(rate, time::nanoTime, time::sleep);
        long total = 0;
        while (time.elapsed().compareTo(Duration.ofMinutes(1)) < 0) {
            total += limit.awaitTurn();
        }
        assertThat(total).isBetween((long) (rate * 59.9), (long) (rate * 61.1) + 1);
    }

    @Test
    void aHugeRateNeverPauses() throws Exception {
        RateLimit limit = new RateLimit(Long.MAX_VALUE, time::nanoTime, time::sleep);
        for (int i = 0; i < 10_000; i++) {
            assertThat(limit.awaitTurn()).isPositive();
        }
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void aRateBelowOneByteIsRefused() {
        assertThatThrownBy(() -> RateLimit.bytesPerSecond(0)).hasMessageContaining("not 0");
        assertThatThrownBy(() -> RateLimit.bytesPerSecond(-5)).hasMessageContaining("not -5");
    }

    @Test
    void whatIsLeftOfATurnIsNotLost() throws Exception {
        RateLimit limit = new RateLimit(1_000, time::nanoTime, time::sleep);
        for (int i = 0; i < 1_000; i++) {
            RateShare share = new RateShare(limit, "upload");
            assertThat(share.take(1)).isEqualTo(1);
            share.end();
        }
        assertThat(time.elapsed()).isBetween(Duration.ofMillis(800), Duration.ofMillis(1_100));
    }

    /** One asks for single bytes, the other two for as much as they can get. */
    @Test
    void streamsThatWaitGetEqualShares() throws Exception {
        CrowdedTime crowded = new CrowdedTime(2);
        RateLimit limit = crowded.limit(10_000);
        long[] passed = consume(List.of(limit, limit, limit), crowded);

        assertThat(passed[1]).isBetween(passed[0] - 400, passed[0] + 400);
        assertThat(passed[2]).isBetween(passed[0] - 400, passed[0] + 400);
        assertThat(passed[0]).isGreaterThan(5_000);
    }

    /** The first has a place of its own, the other three have one together. */
    @Test
    void streamsThatCountAsOneGetTheShareOfOne() throws Exception {
        CrowdedTime crowded = new CrowdedTime(1);
        RateLimit limit = crowded.limit(10_000);
        RateLimit together = limit.asOne();
        long[] passed = consume(List.of(limit, together, together, together), crowded);

        assertThat(passed[1] + passed[2] + passed[3]).isBetween(passed[0] - 600, passed[0] + 600);
        assertThat(passed[0]).isGreaterThan(9_000);
        assertThat(together.bytesPerSecond()).isEqualTo(10_000);
        assertThat(together.burst()).isEqualTo(limit.burst());
    }

    @Test
    void aStreamAloneHasTheWholeRateEvenIfItCountsAsOneWithOthers() throws Exception {
        RateLimit limit =
                new RateLimit(1_000, time::nanoTime, time::sleep).asOne().asOne();
        long total = 0;
        while (time.elapsed().compareTo(Duration.ofSeconds(60)) < 0) {
            RateShare share = new RateShare(limit, "upload");
            total += share.take(7);
            share.end();
        }
        assertThat(total).isBetween(59_900L, 61_100L);
    }

    /** What each stream got: the first asks for single bytes, the others for as much as they can get. */
    private static long[] consume(List<RateLimit> limits, CrowdedTime crowded) throws Exception {
        long[] passed = new long[limits.size()];
        List<CompletableFuture<Void>> streams = new ArrayList<>();
        for (int i = 0; i < passed.length; i++) {
            int stream = i;
            streams.add(CompletableFuture.runAsync(
                    () -> passed[stream] = consume(limits.get(stream), stream == 0 ? 1 : 1 << 20, crowded),
                    task -> new Thread(task).start()));
        }
        CompletableFuture.allOf(streams.toArray(CompletableFuture[]::new)).get();
        return passed;
    }

    private static long consume(RateLimit limit, int atOnce, CrowdedTime until) {
        RateShare share = new RateShare(limit, "download");
        long passed = 0;
        try {
            while (until.elapsed().compareTo(CrowdedTime.CROWDED) <= 0) {
                passed += share.take(atOnce);
            }
            return passed;
        } catch (InterruptedIOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWaitingStreamIsInterruptedAndCostsTheOthersNothing() throws Exception {
        CountDownLatch asleep = new CountDownLatch(1);
        RateLimit limit = new RateLimit(1, () -> 0, pause -> {
            asleep.countDown();
            new CountDownLatch(1).await();
        });
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                new RateShare(limit, "upload orders").take(1);
                flag.completeExceptionally(new AssertionError("there is nothing to take"));
            } catch (InterruptedIOException e) {
                assertThat(e).hasMessageContaining("upload orders").hasMessageContaining("1 B/s");
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        waiting.start();
        asleep.await();
        waiting.interrupt();

        assertThat(flag.get()).as("interrupt flag").isTrue();
        await().until(() -> limit.waiting() == 0);
    }
}
