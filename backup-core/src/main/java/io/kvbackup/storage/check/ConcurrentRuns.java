package io.kvbackup.storage.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Several threads that begin the same work at the same moment. */
final class ConcurrentRuns {
    private ConcurrentRuns() {}

    /** What each thread does. */
    @FunctionalInterface
    interface Work {
        void run(int number) throws IOException, InterruptedException, CheckFailure;
    }

    /** Runs the work on a number of threads, and throws what the first failing one threw. */
    static void run(ExecutorService threads, int count, Work work)
            throws IOException, InterruptedException, CheckFailure {
        CyclicBarrier start = new CyclicBarrier(count);
        List<Future<?>> runs = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                int number = i;
                runs.add(threads.submit(() -> {
                    start.await();
                    work.run(number);
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CheckFailure failure) {
                throw failure;
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            // Also the rest, when one has failed or the wait was interrupted.
            runs.forEach(run -> run.cancel(true));
        }
    }
}
