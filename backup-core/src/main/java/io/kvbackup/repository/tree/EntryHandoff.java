package io.kvbackup.repository.tree;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.pipeline.Relay;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries from the thread that scans, in batches, and has another do what follows: chunking, digests and
 * compression take about as long as scanning. {@link #finish()} waits until all is done; {@link #close()} alone
 * abandons what is left. If the executor has no thread to give, the work is done on the calling thread. To be used by
 * one thread.
 */
final class EntryHandoff implements EntryVisitor, Closeable {
    private static final int BATCHES = 4;
    private static final int BATCH_ENTRIES = 1024;
    private static final int BATCH_BYTES = 256 * 1024;
    /** Whoever pushes values as large as this waits until they are done, or several of them would be in memory. */
    private static final int LARGE_BYTES = 4 * BATCH_BYTES;

    private final Relay<Batch> relay;
    private EntryVisitor target = (key, value) -> {};
    private @Nullable Batch open;

    /** What is to be done on the other thread between entries. */
    interface Step {
        void run() throws IOException;
    }

    private static final class Batch {
        private final byte[][] keys = new byte[BATCH_ENTRIES][];
        private final byte[][] values = new byte[BATCH_ENTRIES][];
        private int entries;
        private long bytes;
        private EntryVisitor target = (key, value) -> {};
        private Step then = () -> {};

        void begin(EntryVisitor to) {
            entries = 0;
            bytes = 0;
            target = to;
            then = () -> {};
        }

        void add(byte[] key, byte[] value) {
            keys[entries] = key;
            values[entries++] = value;
            bytes += (long) key.length + value.length;
        }

        boolean isFull() {
            return entries == BATCH_ENTRIES || bytes >= BATCH_BYTES;
        }

        @SuppressWarnings("NullAway") // lets go of what was visited
        void work() throws IOException {
            for (int i = 0; i < entries; i++) {
                byte[] key = keys[i];
                byte[] value = values[i];
                keys[i] = null;
                values[i] = null;
                target.visit(key, value);
            }
            then.run();
        }
    }

    /** @param executor runs one task until this is finished or closed */
    EntryHandoff(Executor executor) {
        relay = new Relay<>(Stream.generate(Batch::new).limit(BATCHES).toList());
        relay.start(executor, this::workAll);
    }

    private void workAll() throws IOException {
        while (relay.taskAwaitsFull()) {
            workReady();
        }
    }

    private void workReady() throws IOException {
        for (Batch batch = relay.nextFull(); batch != null; batch = relay.nextFull()) {
            batch.work();
            relay.emptied();
        }
    }

    /** From here on entries go to another visitor. */
    void begin(EntryVisitor to) throws IOException {
        if (open != null) {
            handOver();
        }
        target = to;
    }

    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        Batch batch = batch();
        batch.add(key, value);
        if (batch.isFull()) {
            boolean large = (long) key.length + value.length >= LARGE_BYTES;
            handOver();
            if (large && !relay.awaitAllEmpty()) {
                workHere();
            }
        }
    }

    /** What is to be done after all entries so far. */
    void then(Step step) throws IOException {
        batch().then = step;
        handOver();
    }

    private Batch batch() throws IOException {
        Batch batch = open;
        if (batch == null) {
            if (!relay.awaitEmpty()) {
                workHere();
            }
            relay.throwFailure();
            batch = relay.nextEmpty();
            batch.begin(target);
            open = batch;
        }
        return batch;
    }

    private void handOver() {
        open = null;
        relay.filled();
    }

    /** Waits until all that was given so far is done, so that what the other thread uses may be used here. */
    void awaitIdle() throws IOException {
        if (open != null) {
            handOver();
        }
        if (!relay.awaitAllEmpty()) {
            workHere();
        }
        relay.throwFailure();
    }

    private void workHere() throws IOException {
        relay.throwFailure();
        workReady();
    }

    /** Waits until everything is done. */
    void finish() throws IOException {
        if (open != null) {
            handOver();
        }
        relay.end();
        if (!relay.awaitDone()) {
            workHere();
        }
        relay.throwFailure();
    }

    /** Stops the task, interrupting it if need be. */
    @Override
    public void close() {
        relay.abandon();
    }
}
