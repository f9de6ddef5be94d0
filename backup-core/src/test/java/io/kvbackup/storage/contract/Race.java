package io.kvbackup.storage.contract;

import io.kvbackup.storage.PreconditionFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Several threads that do the same at the same moment. */
final class Race {
    private Race() {}

    @FunctionalInterface
    interface Attempt {
        void run(int racer) throws Exception;
    }

    /**
     * The racers that succeeded; the others lost by {@link PreconditionFailedException}. Any other failure is thrown.
     */
    static List<Integer> of(int racers, Attempt attempt) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        try {
            CyclicBarrier start = new CyclicBarrier(racers);
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < racers; i++) {
                int racer = i;
                runs.add(threads.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    attempt.run(racer);
                    return null;
                }));
            }
            return winners(runs);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Integer> winners(List<Future<?>> runs) throws Exception {
        List<Integer> winners = new ArrayList<>();
        for (int racer = 0; racer < runs.size(); racer++) {
            try {
                runs.get(racer).get(60, TimeUnit.SECONDS);
                winners.add(racer);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof PreconditionFailedException)) {
                    throw e;
                }
            }
        }
        return winners;
    }
}
