package io.kvbackup.storage.check;

import io.kvbackup.storage.StorageClient;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * Finds out whether a store is good enough for backups: reads after writes, broken uploads, listings, ranges,
 * conditional writes of several writers at the same moment, deletions, odd keys, clock and speed. See
 * {@link StorageReport.Criterion} for all of it, and for what each means for backups.
 *
 * <p>Writes below a prefix of its own, {@code kvbackup-check-<random>/}, touches nothing else, and removes what it
 * wrote, also when it fails or is interrupted; it names what it cannot remove. The full form tries conditions with
 * large objects, too; it takes about a minute at most, writes some 1,400 objects and moves up to 700 MiB, less on a
 * slow link; the quick one is for the start of a program: some 300 requests and up to 40 MiB. A store that is further
 * away than 200 ms needs more time ({@link #within}). A store that hangs is left alone when the time is over, and the
 * report says so; cleaning up may take as much time again, at least 5 s.
 *
 * <p>Writers race 44 times with 200 kB each, in the full form also with a byte more than a part, which finds a store
 * that loses one race in ten with a probability of 99 %. Where there is no time for so many, the report warns, and says
 * how sure it is.
 *
 * <p>What this does not find: parts of broken uploads that show in no listing, damage that is rare, and what only
 * happens between machines far apart.
 *
 * <p>Immutable; safe for use by several threads.
 */
public final class StorageCheck {
    private static final Duration FULL_LIMIT = Duration.ofMinutes(1);
    private static final Duration QUICK_LIMIT = Duration.ofSeconds(30);

    private final boolean quick;
    private final Duration limit;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Random random;

    private StorageCheck(boolean quick, Duration limit, Clock clock, LongSupplier nanoTime, Random random) {
        this.quick = quick;
        this.limit = limit;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    private static StorageCheck of(boolean quick, Duration limit) {
        return new StorageCheck(quick, limit, Clock.systemUTC(), System::nanoTime, new SecureRandom());
    }

    /**
     * Trusts a store's conditional writes only after it has tried them, once, before the first one, and once more with
     * large objects; refuses them with an explanation while the store does not keep them. Closing closes {@code store}.
     */
    public static StorageClient guard(StorageClient store) {
        return new GuardedStorageClient(store);
    }

    /** Looks at everything, in a minute at most unless {@link #within} says otherwise. */
    public static StorageCheck full() {
        return of(false, FULL_LIMIT);
    }

    /** Looks at what is cheap to look at, in 30 seconds at most unless {@link #within} says otherwise. */
    public static StorageCheck quick() {
        return of(true, QUICK_LIMIT);
    }

    /**
     * The same with another limit of time.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public StorageCheck within(Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("a check needs time, not " + time);
        }
        return new StorageCheck(quick, time, clock, nanoTime, random);
    }

    /** The same with another clock to compare the store's clock with. */
    public StorageCheck clock(Clock ours) {
        return new StorageCheck(quick, limit, Objects.requireNonNull(ours, "ours"), nanoTime, random);
    }

    /** The same with another way to measure how long it takes. */
    StorageCheck nanoTime(LongSupplier ours) {
        return new StorageCheck(quick, limit, clock, ours, random);
    }

    /**
     * Checks a store. Does not throw for anything that is wrong with it: that is in the report.
     *
     * @param store stays open
     * @throws InterruptedIOException if the thread was interrupted; what was written has been removed as far as
     *     possible
     */
    public StorageReport run(StorageClient store) throws InterruptedIOException {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "kvbackup-check");
            thread.setDaemon(true);
            return thread;
        });
        try {
            byte[] name = new byte[8];
            random.nextBytes(name);
            ScratchStorage scratch =
                    new ScratchStorage(store, "kvbackup-check-" + HexFormat.of().formatHex(name) + "/");
            CheckContext context =
                    new CheckContext(scratch, quick, limit, clock, nanoTime, new Random(random.nextLong()), threads);
            return new CheckRun(store, scratch, context, limit).run();
        } finally {
            threads.shutdownNow();
        }
    }
}
