package io.kvbackup.storage.fake;

import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Counts requests, and can play the death of the process at any one of them. To enumerate all deaths: run once and take
 * {@link #total()}, then run again for each number and {@link Moment}, on a fresh store, with {@link #crashAt}; after
 * each, look at the store through the client within.
 *
 * <p>Safe for use by several threads.
 */
public final class CountingStorageClient extends InterceptingStorageClient {
    private final Map<StorageOperation, Integer> counts = new EnumMap<>(StorageOperation.class);
    private int total;
    private int crashAt = Integer.MAX_VALUE;
    private Moment moment = Moment.BEFORE;
    private boolean dead;

    public CountingStorageClient(StorageClient delegate) {
        super(delegate);
    }

    /** When, in the life of a request, the process dies. */
    public enum Moment {
        /** The store never hears of it. */
        BEFORE,
        /**
         * An upload has had all its content but is not committed; half of the keys are deleted. Otherwise as BEFORE.
         */
        DURING,
        /** The store has done it, but the caller does not learn of it. */
        AFTER
    }

    /** The process is dead: an error, so that nothing tidies up, and no later request gets through either. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(int request) {
            super("process killed at storage request " + request);
        }
    }

    /** Dies at the given request; the first is 1. */
    public synchronized CountingStorageClient crashAt(int request, Moment when) {
        crashAt = request;
        moment = when;
        return this;
    }

    /** Requests of one kind so far. */
    public synchronized int count(StorageOperation operation) {
        return counts.getOrDefault(operation, 0);
    }

    /** Requests so far. */
    public synchronized int total() {
        return total;
    }

    /** Starts to count from 0 again. */
    public synchronized void reset() {
        counts.clear();
        total = 0;
    }

    /** Whether the crash has happened. */
    public synchronized boolean isDead() {
        return dead;
    }

    @Override
    <T> T intercept(StorageOperation operation, Request<T> request) throws IOException {
        boolean crash = countAndDie(operation);
        T result = request.send();
        if (crash) {
            throw new Crash(crashAt);
        }
        return result;
    }

    /** Returns whether to die after the request. */
    private synchronized boolean countAndDie(StorageOperation operation) {
        if (dead) {
            throw new Crash(crashAt);
        }
        counts.merge(operation, 1, Integer::sum);
        dead = ++total == crashAt;
        boolean divisible = operation == StorageOperation.UPLOAD || operation == StorageOperation.DELETE;
        if (dead && (moment == Moment.BEFORE || (moment == Moment.DURING && !divisible))) {
            throw new Crash(crashAt);
        }
        return dead;
    }

    @Override
    public StorageObject upload(String key, ContentWriter content, PutCondition condition) throws IOException {
        return super.upload(
                key,
                out -> {
                    content.writeTo(out);
                    if (diesDuring()) {
                        throw new Crash(crashAt);
                    }
                },
                condition);
    }

    @Override
    void deleteWithin(Collection<String> keys) throws IOException {
        List<String> all = new ArrayList<>(keys);
        super.deleteWithin(diesDuring() ? all.subList(0, all.size() / 2) : all);
    }

    private synchronized boolean diesDuring() {
        return dead && moment == Moment.DURING;
    }
}
