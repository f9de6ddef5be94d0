package io.kvbackup.repository.tree;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.format.tree.EntryBatch;
import io.kvbackup.pipeline.Relay;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
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
    private static final int BATCH_BYTES = 256 * 1024;
    /** An entry as large as this is not copied into a batch, but ends it. */
    private static final int OWN_BYTES = BATCH_BYTES / 8;
    /** Whoever pushes values as large as this waits until they are done, or several of them would be in memory. */
    private static final int LARGE_BYTES = 4 * BATCH_BYTES;

    private final Relay<Batch> relay;
    private Supplier<SetPass> target = EntryHandoff::nobody;
    private @Nullable Batch open;

    /** What is to be done on the other thread between entries. */
    interface Step {
        void run() throws IOException;
    }

    private static final class Batch {
        private final EntryBatch entries = new EntryBatch(BATCH_BYTES + OWN_BYTES);
        private byte @Nullable [] ownKey;
        private byte @Nullable [] ownValue;
        private Supplier<SetPass> target = EntryHandoff::nobody;
        private Step then = () -> {};

        void begin(Supplier<SetPass> to) {
            entries.clear();
            target = to;
            then = () -> {};
        }

        void work() throws IOException {
            if (entries.size() > 0) {
                target.get().visitAll(entries);
            }
            byte[] key = ownKey;
            byte[] value = ownValue;
            ownKey = null;
            ownValue = null;
            if (key != null && value != null) {
                target.get().visit(key, value);
            }
            then.run();
        }
    }

    private static SetPass nobody() {
        throw new IllegalStateException("nobody takes entries yet");
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

    /** From here on entries go to another set, which is asked for on the other thread. */
    void begin(Supplier<SetPass> to) throws IOException {
        if (open != null) {
            handOver();
        }
        target = to;
    }

    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        Batch batch = batch();
        long size = (long) key.length + value.length;
        if (size < OWN_BYTES) {
            batch.entries.add(key, value);
            if (batch.entries.size() >= BATCH_BYTES) {
                handOver();
            }
            return;
        }
        batch.ownKey = key;
        batch.ownValue = value;
        handOver();
        if (size >= LARGE_BYTES && !relay.awaitAllEmpty()) {
            workHere();
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
