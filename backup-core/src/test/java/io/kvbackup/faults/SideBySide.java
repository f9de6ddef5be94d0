package io.kvbackup.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Runs of several seeds at the same time. */
final class SideBySide {
    /** How the names of its threads begin. */
    static final String THREADS = "fault-run-";

    private final int width;

    SideBySide(int width) {
        this.width = width;
    }

    /** A run of one seed. */
    @FunctionalInterface
    interface SeededRun {
        void run(long seed) throws Exception;
    }

    /** Throws what the first of the seeds has thrown whose run failed, with what others have thrown as suppressed. */
    void run(LongStream seeds, SeededRun run) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(width, task -> new Thread(task, THREADS + "worker"));
        try {
            List<Future<?>> runs = new ArrayList<>();
            seeds.forEach(seed -> runs.add(threads.submit(() -> {
                try {
                    run.run(seed);
                    return seed;
                } catch (Exception | AssertionError e) {
                    throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
                }
            })));
            threads.shutdown();
            rethrow(runs);
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private static void rethrow(List<Future<?>> runs) throws InterruptedException {
        @Nullable AssertionError failure = null;
        for (Future<?> run : runs) {
            try {
                run.get();
            } catch (ExecutionException e) {
                if (failure == null) {
                    failure = new AssertionError(e.getCause().getMessage(), e.getCause());
                } else {
                    failure.addSuppressed(e.getCause());
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
