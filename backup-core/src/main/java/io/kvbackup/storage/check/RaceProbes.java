package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Conditional writes of two writers at the same moment. The longer a write takes the likelier a store is to mix them
 * up: some lose one race in thirty of a few bytes, and every other one of {@value #SMALL} bytes.
 */
final class RaceProbes {
    /** A store that loses one race in ten wins all of these with a chance of 0.9<sup>44</sup>, less than 1 %. */
    static final int ROUNDS = 44;

    /** As much as an upload of one request may well have. */
    static final int SMALL = 200_000;

    /** This number of races always takes place, however little time there is; it proves little. */
    private static final int LEAST = 2;

    private static final int WRITERS = 2;
    /**
     * Races at once, so that a store far away has time enough; of large objects one, each of which takes memory for its
     * parts.
     */
    private static final int LANES = 8;

    private static final double SURE = 0.99;

    private final CheckContext context;
    private final long size;
    private final int lanes;
    private final long end;
    private final AtomicInteger rounds = new AtomicInteger();
    private final Map<String, String> winners = new ConcurrentHashMap<>();

    /** @param share the part of the check's remaining time: one of this many */
    private RaceProbes(CheckContext context, long size, int lanes, int share) {
        this.context = context;
        this.size = size;
        this.lanes = lanes;
        this.end = context.nanoTime() + context.left().dividedBy(share).toNanos();
    }

    static String create(CheckContext context) throws IOException, InterruptedException, CheckFailure {
        List<String> seen = new ArrayList<>();
        RaceProbes small = new RaceProbes(context, SMALL, LANES, context.quick() ? 3 : 6);
        small.run(small::createRound);
        small.requireListed("race/create/");
        boolean sure = small.report(seen);
        if (!context.quick()) {
            RaceProbes large = new RaceProbes(context, ConditionProbes.outgrown(context), 1, 3);
            large.run(large::createLargeRound);
            sure &= large.report(seen);
        }
        return judged(sure, seen);
    }

    static String replace(CheckContext context) throws IOException, InterruptedException, CheckFailure {
        List<String> seen = new ArrayList<>();
        RaceProbes small = new RaceProbes(context, SMALL, LANES, context.quick() ? 3 : 6);
        small.run(small::replaceRound);
        small.requireListed("race/replace/");
        return judged(small.report(seen), seen);
    }

    @FunctionalInterface
    private interface Round {
        void race(int lane, int round) throws IOException, InterruptedException, CheckFailure;
    }

    private void run(Round race) throws IOException, InterruptedException, CheckFailure {
        ConcurrentRuns.run(context.threads(), lanes, lane -> {
            while (rounds.get() < LEAST || context.nanoTime() < end) {
                int round = rounds.getAndIncrement();
                if (round >= ROUNDS) {
                    return;
                }
                race.race(lane, round);
            }
        });
    }

    private void createRound(int lane, int round) throws IOException, InterruptedException, CheckFailure {
        race("race/create/" + round, PutCondition.ifAbsent());
    }

    /** What was kept is looked at, and goes at once: a store may have little room. */
    private void createLargeRound(int lane, int round) throws IOException, InterruptedException, CheckFailure {
        String key = "race/large/" + round;
        StorageObject winner = race(key, PutCondition.ifAbsent());
        requireKept(
                context.store().stat(key).map(StorageObject::etag).orElse("").equals(winner.etag()));
        context.store().delete(List.of(key));
    }

    /** The winner of a race is replaced in the next. */
    private void replaceRound(int lane, int round) throws IOException, InterruptedException, CheckFailure {
        String key = "race/replace/" + lane;
        String old = winners.get(key);
        if (old == null) {
            old = context.put(key, CheckContext.text("old")).etag();
        }
        race(key, PutCondition.ifMatch(old));
    }

    private StorageObject race(String key, PutCondition condition)
            throws IOException, InterruptedException, CheckFailure {
        Queue<StorageObject> won = new ConcurrentLinkedQueue<>();
        ConcurrentRuns.run(context.threads(), WRITERS, racer -> {
            try {
                won.add(context.put(key, "racer " + racer, size, condition));
            } catch (PreconditionFailedException lost) {
                // All but one should get here.
            }
        });
        require(
                won.size() == 1,
                won.size() + " of " + WRITERS + " writers of " + bytes() + " were told that they had won");
        winners.put(key, won.element().etag());
        return won.element();
    }

    /** One request for all: a listing tells which version was kept. */
    private void requireListed(String prefix) throws IOException, CheckFailure {
        Map<String, String> kept = new TreeMap<>();
        try (Stream<StorageObject> objects = context.store().list(prefix)) {
            objects.forEach(object -> kept.put(object.key(), object.etag()));
        }
        requireKept(kept.equals(new TreeMap<>(winners)));
    }

    private static void requireKept(boolean kept) throws CheckFailure {
        require(kept, "the content of a writer that had lost was kept");
    }

    /** Says what was seen, and returns whether it is enough. */
    private boolean report(List<String> seen) {
        int raced = Math.min(ROUNDS, rounds.get());
        double confidence = 1 - Math.pow(0.9, raced);
        seen.add(String.format(Locale.ROOT, "%d races of %s (%.0f %%)", raced, bytes(), Math.floor(100 * confidence)));
        return confidence > SURE;
    }

    private static String judged(boolean sure, List<String> seen) throws CheckFailure {
        String observed = String.join(", ", seen) + "; in brackets how surely a store that loses one in ten is found";
        if (!sure) {
            throw CheckFailure.warning("none lost of " + observed
                    + "; there was no time for more, give the check more with StorageCheck.within(…)");
        }
        return observed;
    }

    private String bytes() {
        return size < 1 << 20
                ? size / 1_000 + " kB"
                : String.format(Locale.ROOT, "%.1f MiB", (double) size / (1 << 20));
    }
}
