package io.kvbackup.storage.fake;

import io.kvbackup.storage.fake.FaultyStorageClient.Fault;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Says which request meets which fault: first those of a script, then those of chance. Safe for use by several threads.
 */
final class FaultPlan {
    /** Streams are cut after fewer bytes than this. */
    static final int CUT = 100_000;

    private final Map<StorageOperation, Deque<Fault>> scripted = new EnumMap<>(StorageOperation.class);
    private Random random = new Random(0);
    private @Nullable FaultMix mix;

    synchronized void next(StorageOperation operation, Fault... faults) {
        scripted.computeIfAbsent(operation, ignored -> new ArrayDeque<>()).addAll(List.of(faults));
    }

    synchronized void failRandomly(long seed, FaultMix faults) {
        random = new Random(seed);
        mix = faults;
    }

    synchronized Fault faultFor(StorageOperation operation) {
        Deque<Fault> next = scripted.get(operation);
        if (next != null && !next.isEmpty()) {
            return next.remove();
        }
        if (mix == null || random.nextDouble() >= mix.probability()) {
            return Fault.NONE;
        }
        return mix.kinds().get(random.nextInt(mix.kinds().size()));
    }

    /** A number from 0 to below the bound; half of the time a small one. */
    synchronized int random(int bound) {
        return random.nextInt(random.nextBoolean() ? bound : Math.max(1, bound / 100));
    }
}
