package io.kvbackup.storage.retry;

import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** A listing that goes on after the last key it got when the store fails. */
final class ResumingList implements Iterator<StorageObject> {
    /** As many as the cloud stores put on a page. */
    private static final int BATCH = 1_000;

    /** How long it collects; a slow listing then hands on what it has, so that its reader can show progress. */
    private static final Duration SLICE = Duration.ofSeconds(2);

    private final StorageClient store;
    private final RetryScope scope;
    private final String prefix;
    private final String operation;
    private final Deque<StorageObject> ready = new ArrayDeque<>();
    private String after;
    private @Nullable Source source;
    private @Nullable IOException failure;
    private boolean finished;

    ResumingList(StorageClient store, RetryScope scope, String prefix, String after) {
        this.store = store;
        this.scope = scope;
        this.prefix = prefix;
        this.after = after;
        this.operation = "list '" + prefix + "'";
    }

    /** A listing of the store, and where it stands. */
    private final class Source {
        private final Stream<StorageObject> objects;
        private final Iterator<StorageObject> iterator;
        private String last;
        private boolean begun;

        Source(Stream<StorageObject> objects, String from) {
            this.objects = objects;
            this.iterator = objects.iterator();
            this.last = from;
        }

        /**
         * The next object, or null at the end. Skips what comes before the bound, if the store ignores bounds, and
         * repetitions.
         */
        @Nullable
        StorageObject next() {
            while (iterator.hasNext()) {
                StorageObject object = iterator.next();
                int order = StorageKey.ORDER.compare(object.key(), last);
                if (order > 0) {
                    last = object.key();
                    begun = true;
                    return object;
                } else if (order < 0 && begun) {
                    throw new UncheckedIOException(new UnsortedListException(operation + ": the store lists "
                            + object.key() + " after " + last
                            + ", and not in the order of the names' UTF-8 bytes; so what"
                            + " belongs together cannot be told. Use another store, or another"
                            + " kind of bucket; StorageCheck tells more"));
                }
            }
            return null;
        }

        void close() {
            objects.close();
        }
    }

    /** Another request would be useless and dangerous: it would miss what comes before the last name. */
    static final class UnsortedListException extends IOException {
        private static final long serialVersionUID = 1L;

        UnsortedListException(String message) {
            super(message);
        }
    }

    /** What came before the end, before the batch was full or had taken long enough, or before the failure. */
    private record Batch(
            Source source,
            List<StorageObject> objects,
            boolean last,
            @Nullable IOException failure) implements AutoCloseable {
        /** For a batch that comes after it has been given up. */
        @Override
        public void close() {
            source.close();
        }
    }

    Stream<StorageObject> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.DISTINCT;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, traits), false)
                .onClose(() -> {
                    finished = true;
                    drop();
                });
    }

    @Override
    public boolean hasNext() {
        try {
            if (ready.isEmpty() && !finished) {
                fill();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return !ready.isEmpty();
    }

    @Override
    public StorageObject next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void fill() throws IOException {
        RetryLoop loop = scope.loop(operation + " after '" + after + "'");
        while (ready.isEmpty() && !finished) {
            try {
                if (failure == null) {
                    accept(scope.workers().call(operation, loop.limit(), this::gather));
                }
                if (failure != null && ready.isEmpty()) {
                    IOException thrown = failure;
                    failure = null;
                    throw thrown;
                }
            } catch (IOException e) {
                leave();
                loop.failed(e);
            }
        }
    }

    private void accept(Batch batch) {
        source = batch.source();
        ready.addAll(batch.objects());
        if (!ready.isEmpty()) {
            after = ready.getLast().key();
        }
        failure = batch.failure();
        finished = batch.last();
        if (finished) {
            drop();
        }
    }

    /** Runs on a worker; touches no state that the caller may go on with after it has given this up. */
    private Batch gather() throws IOException {
        Source from = source;
        if (from == null) {
            from = new Source(store.list(prefix, after), after);
        }
        List<StorageObject> gathered = new ArrayList<>();
        long start = scope.time().nanoTime();
        try {
            while (gathered.isEmpty()
                    || (gathered.size() < BATCH && scope.time().nanoTime() - start < SLICE.toNanos())) {
                StorageObject next = from.next();
                if (next == null) {
                    return new Batch(from, gathered, true, null);
                }
                gathered.add(next);
            }
            return new Batch(from, gathered, false, null);
        } catch (UncheckedIOException e) {
            return new Batch(from, gathered, false, e.getCause());
        }
    }

    private void drop() {
        Source dropped = source;
        source = null;
        if (dropped != null) {
            scope.workers().close("close " + operation, scope.policy().attemptDeadline(), dropped.objects);
        }
    }

    /** As {@link #drop}, without waiting for what is broken already. */
    private void leave() {
        Source left = source;
        source = null;
        if (left != null) {
            scope.workers().closeLater("close broken " + operation, left.objects);
        }
    }
}
