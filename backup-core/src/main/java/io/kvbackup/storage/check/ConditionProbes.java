package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Conditional writes, by one writer after the other. No key lies below an object: a store on a file system has no room
 * there.
 */
final class ConditionProbes {
    /** Larger than the parts of most clients; where parts are even larger, the most that is worth the time. */
    private static final long LARGE = 9 << 20;

    private static final long LARGEST = 64 << 20;

    private static final byte[] FIRST = CheckContext.text("first");

    private ConditionProbes() {}

    /** A probe of one object. */
    @FunctionalInterface
    private interface Probe {
        void look(CheckContext context, String key) throws IOException, CheckFailure;
    }

    static String createIfAbsent(CheckContext context) throws IOException, CheckFailure {
        twiceIfNeeded(context, "create", ConditionProbes::createIfAbsent);
        if (context.quick()) {
            return "refused when there was one";
        }
        long size = large(context);
        createLargeIfAbsent(context, size);
        return "refused when there was one, also with " + mib(size);
    }

    static String replaceIfMatch(CheckContext context) throws IOException, CheckFailure {
        twiceIfNeeded(context, "replace", ConditionProbes::replaceIfMatch);
        if (context.quick()) {
            return "refused when it was another";
        }
        long size = large(context);
        replaceLargeIfMatch(context, size);
        return "refused when it was another, also with " + mib(size);
    }

    /** Large content goes up in several requests, and only the last has a condition: some servers overlook it there. */
    static void createLargeIfAbsent(CheckContext context, long size) throws IOException, CheckFailure {
        twiceIfNeeded(context, "create-large", (within, key) -> {
            within.put(key, FIRST);
            requireRefused(within, key, size, PutCondition.ifAbsent());
        });
    }

    static void replaceLargeIfMatch(CheckContext context, long size) throws IOException, CheckFailure {
        twiceIfNeeded(context, "replace-large", (within, key) -> {
            StorageObject replaced = within.put(key, CheckContext.text("replaced"));
            within.put(key, FIRST);
            requireRefused(within, key, size, PutCondition.ifMatch(replaced.etag()));
        });
    }

    /** Another criterion checks that the old object survives a failed upload. */
    private static void requireRefused(CheckContext context, String key, long size, PutCondition condition)
            throws IOException, CheckFailure {
        boolean refused = false;
        try {
            context.put(key, "second", size, condition);
        } catch (PreconditionFailedException lost) {
            refused = true;
        }
        require(
                refused,
                "an object was replaced by one of " + mib(size) + ": conditions of large objects are not looked at");
    }

    private static long large(CheckContext context) {
        return Math.max(LARGE, outgrown(context));
    }

    /** One byte more than fits into one request, unless that is more than is worth the time. */
    static long outgrown(CheckContext context) {
        return Math.min(LARGEST, context.store().traits().partSize()) + 1;
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%.0f MiB", (double) bytes / (1 << 20));
    }

    /** A request that failed says nothing about conditions; only a store that does not know them fails again. */
    private static void twiceIfNeeded(CheckContext context, String key, Probe probe) throws IOException, CheckFailure {
        try {
            probe.look(context, key);
        } catch (IOException first) {
            Interruption.rethrow(first);
            try {
                probe.look(context, key + "-again");
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
                !wins(context, key + "-missing", "any", PutCondition.ifMatch(first.etag())),
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
}
