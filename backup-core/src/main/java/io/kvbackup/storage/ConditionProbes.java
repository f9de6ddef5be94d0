package io.kvbackup.storage;

import static io.kvbackup.storage.CheckFailure.require;

import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Conditional writes, by one writer and by several at the same moment. */
final class ConditionProbes {
    private ConditionProbes() {}

    /** A probe of one object. */
    @FunctionalInterface
    private interface Probe {
        void look(CheckContext context, String key) throws IOException, CheckFailure;
    }

    static String createIfAbsent(CheckContext context) throws IOException, CheckFailure {
        twiceIfNeeded(context, "create", ConditionProbes::createIfAbsent);
        return "refused when there was one";
    }

    static String replaceIfMatch(CheckContext context) throws IOException, CheckFailure {
        twiceIfNeeded(context, "replace", ConditionProbes::replaceIfMatch);
        return "refused when it was another";
    }

    /** A request that failed says nothing about conditions; only a store that does not know them fails again. */
    private static void twiceIfNeeded(CheckContext context, String key, Probe probe) throws IOException, CheckFailure {
        try {
            probe.look(context, key);
        } catch (IOException first) {
            Interruption.rethrow(first);
            try {
                probe.look(context, key + "/again");
            } catch (IOException second) {
                second.addSuppressed(first);
                throw second;
            }
        }
    }

    private static void createIfAbsent(CheckContext context, String key) throws IOException, CheckFailure {
        require(wins(context, key, "first", PutCondition.ifAbsent()), "a condition that holds was said not to hold");
        require(!wins(context, key, "second", PutCondition.ifAbsent()), "an object that was there was replaced");
        require(Arrays.equals(context.read(key), CheckContext.text("first")), "the loser's content was kept");
    }

    private static void replaceIfMatch(CheckContext context, String key) throws IOException, CheckFailure {
        StorageObject first = context.put(key, CheckContext.text("first"));
        require(
                wins(context, key, "second", PutCondition.ifMatch(first.etag())),
                "a condition that holds was said not to hold");
        require(
                !wins(context, key, "third", PutCondition.ifMatch(first.etag())),
                "a version that was replaced already was replaced again");
        require(Arrays.equals(context.read(key), CheckContext.text("second")), "the loser's content was kept");
        require(
                !wins(context, key + "/missing", "any", PutCondition.ifMatch(first.etag())),
                "a version of a missing object was replaced");
    }

    private static boolean wins(CheckContext context, String key, String content, PutCondition condition)
            throws IOException {
        try {
            context.put(key, CheckContext.text(content), condition);
            return true;
        } catch (PreconditionFailedException lost) {
            return false;
        }
    }

    static String createRace(CheckContext context) throws IOException, InterruptedException, CheckFailure {
        int rounds = context.quick() ? 2 : 6;
        for (int round = 1; round <= rounds; round++) {
            race(context, "race/create/" + round, PutCondition.ifAbsent());
        }
        return rounds + " rounds of " + racers(context) + " writers";
    }

    static String replaceRace(CheckContext context) throws IOException, InterruptedException, CheckFailure {
        int rounds = context.quick() ? 2 : 6;
        for (int round = 1; round <= rounds; round++) {
            String key = "race/replace/" + round;
            StorageObject old = context.put(key, CheckContext.text("old"));
            race(context, key, PutCondition.ifMatch(old.etag()));
        }
        return rounds + " rounds of " + racers(context) + " writers";
    }

    private static int racers(CheckContext context) {
        return context.quick() ? 4 : 8;
    }

    private static void race(CheckContext context, String key, PutCondition condition)
            throws IOException, InterruptedException, CheckFailure {
        Queue<Integer> winners = new ConcurrentLinkedQueue<>();
        Together.run(context.threads(), racers(context), racer -> {
            try {
                context.put(key, CheckContext.text("racer " + racer), condition);
                winners.add(racer);
            } catch (PreconditionFailedException lost) {
                // As all but one should.
            }
        });
        require(
                winners.size() == 1,
                winners.size() + " of " + racers(context) + " writers were told that they had won");
        require(
                Arrays.equals(context.read(key), CheckContext.text("racer " + winners.peek())),
                "the content of a writer that had lost was kept");
    }
}
