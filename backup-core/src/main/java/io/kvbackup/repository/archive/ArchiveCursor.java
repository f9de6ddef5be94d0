package io.kvbackup.repository.archive;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.SetBackup;
import io.kvbackup.repository.AllEntries;
import io.kvbackup.repository.DiscardingVisitor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Turns a reading that pushes, on another thread, into one that is asked, with a bounded queue between them. */
final class ArchiveCursor implements AllEntries {
    /** Pushes entries, and ends when all are proved to be what was written. */
    interface Pushing {
        void into(Filling to) throws IOException;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(int set, byte[] key, byte[] value) {}

    /** @param failure what ended the reading; null at its good end and before */
    private record Batch(
            List<Entry> entries, boolean last, @Nullable Throwable failure) {}

    private static final int BATCHES = 4;
    private static final int BATCH_BYTES = 256 * 1024;
    private static final int BATCH_ENTRIES = 1024;

    private final BlockingQueue<Batch> queue = new ArrayBlockingQueue<>(BATCHES);
    private final Object monitor = new Object();
    private @Nullable Thread reader;
    private boolean ended;
    private boolean closed;

    private Batch batch = new Batch(List.of(), false, null);
    private int position = -1;

    private ArchiveCursor() {}

    /**
     * Begins to read.
     *
     * @param executor must have a thread for it at once, which is another than the caller's
     */
    static ArchiveCursor open(Pushing source, Executor executor) throws IOException {
        ArchiveCursor cursor = new ArchiveCursor();
        Thread caller = Thread.currentThread();
        try {
            executor.execute(() -> cursor.run(source, caller));
        } catch (RejectedExecutionException e) {
            throw new IOException("the executor of the manager has no thread to read an archive with", e);
        }
        return cursor;
    }

    private void run(Pushing source, Thread caller) {
        synchronized (monitor) {
            if (closed) {
                ended = true;
                monitor.notifyAll();
                return;
            }
            reader = Thread.currentThread();
        }
        Filling filling = new Filling();
        Throwable failure = null;
        try {
            if (Thread.currentThread() == caller) {
                throw new IOException("the executor of the manager runs tasks on the thread that asks for them;"
                        + " to read an archive entry by entry, it needs one with threads of its own");
            }
            source.into(filling);
        } catch (Throwable e) {
            // Also what is not declared: whoever asks for entries must hear of it.
            failure = e;
        }
        try {
            queue.put(new Batch(filling.entries, true, failure));
        } catch (InterruptedException e) {
            // Closed: nobody asks any more.
        }
        synchronized (monitor) {
            reader = null;
            ended = true;
            if (closed) {
                // The interrupt was meant for this reading, not for what the thread does next.
                Thread.interrupted();
            }
            monitor.notifyAll();
        }
    }

    /** Takes a whole archive, or the entries of one set. */
    final class Filling extends DiscardingVisitor implements EntryVisitor {
        private List<Entry> entries = new ArrayList<>();
        private long bytes;
        private int set = -1;

        @Override
        public EntryVisitor beginSet(SetBackup header) {
            set++;
            return this;
        }

        @Override
        public void visit(byte[] key, byte[] value) throws IOException {
            entries.add(new Entry(set, key, value));
            bytes += (long) key.length + value.length;
            if (bytes >= BATCH_BYTES || entries.size() >= BATCH_ENTRIES) {
                try {
                    queue.put(new Batch(entries, false, null));
                } catch (InterruptedException e) {
                    throw interrupted();
                }
                entries = new ArrayList<>();
                bytes = 0;
            }
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while reading a backup");
    }

    @Override
    public boolean next() throws IOException {
        position++;
        while (position >= batch.entries.size()) {
            if (batch.last) {
                position = batch.entries.size();
                rethrow(batch.failure);
                return false;
            }
            if (closed) {
                throw new IOException("nothing can be read after close()");
            }
            try {
                batch = queue.take();
            } catch (InterruptedException e) {
                throw interrupted();
            }
            position = 0;
        }
        return true;
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        }
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
    }

    private Entry current() {
        if (position < 0 || position >= batch.entries.size()) {
            throw new IllegalStateException("next() has not said that there is an entry");
        }
        return batch.entries.get(position);
    }

    @Override
    public int set() {
        return current().set();
    }

    @Override
    public byte[] key() {
        return current().key();
    }

    @Override
    public byte[] value() {
        return current().value();
    }

    /** Stops the reading, and waits until it has let go of the store, if it has begun. */
    @Override
    public void close() {
        boolean interrupted = false;
        synchronized (monitor) {
            closed = true;
            if (reader != null) {
                reader.interrupt();
            }
            while (reader != null && !ended) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
