package io.kvbackup.database.mvstore;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.Page;
import org.jspecify.annotations.Nullable;

/** Compares the version that it has read last with the next; the difference comes as one commit. */
final class MvStoreChangeReader implements ChangeReader {
    private final MvStoreChangeLog log;
    private final MVStore store;
    private final Deque<StoreVersion> next = new ConcurrentLinkedDeque<>();
    private StoreVersion last;
    private boolean closed;

    /** Takes over {@code start}. */
    MvStoreChangeReader(MvStoreChangeLog log, StoreVersion start) {
        this.log = log;
        this.store = log.database().store();
        this.last = start;
    }

    /** Lets it read a version, after all that came before. Called under the log's monitor. */
    void add(StoreVersion version) {
        next.add(version.share());
    }

    @Override
    public synchronized boolean read(ChangeVisitor to, long maxBytes) throws IOException {
        if (closed) {
            throw new IOException(
                    "the reader of the log of database " + log.database().name() + " is closed");
        }
        if (next.isEmpty() && mayHaveChanged()) {
            log.fixFor(this);
        }
        StoreVersion now = next.peek();
        while (now != null && now.position() == last.position()) {
            next.remove().close();
            now = next.peek();
        }
        if (now == null) {
            return false;
        }
        pushUpTo(now, to);
        last.close();
        last = next.remove();
        log.hasRead(last.position());
        return !next.isEmpty();
    }

    private boolean mayHaveChanged() {
        return store.isClosed() || store.hasUnsavedChanges() || store.getCurrentVersion() != last.position();
    }

    private void pushUpTo(StoreVersion now, ChangeVisitor to) throws IOException {
        String name = log.database().name();
        if (now.position() < last.position()) {
            throw new ChangeGapException("database " + name + ": its MVStore went back from version " + last.position()
                    + " to " + now.position() + "; start again from a whole backup");
        }
        StoreAccess.run(store, "compare versions of database " + name, () -> push(now, to));
    }

    private void push(StoreVersion now, ChangeVisitor to) throws IOException {
        for (String set : now.views().keySet()) {
            push(view(last, set), view(now, set), to);
        }
        to.commit(now.position(), Instant.ofEpochMilli(log.now()));
    }

    private static StoreVersion.@Nullable View<?, ?> view(StoreVersion version, String set) {
        return version.views().getOrDefault(set, Optional.empty()).orElse(null);
    }

    @SuppressWarnings("unchecked") // both are views of the map of the same name
    private static <K, V> void push(
            StoreVersion.@Nullable View<?, ?> before, StoreVersion.@Nullable View<K, V> after, ChangeVisitor to)
            throws IOException {
        StoreVersion.View<K, V> old = (StoreVersion.View<K, V>) before;
        StoreVersion.View<K, V> any = after == null ? old : after;
        if (any == null) {
            return;
        }
        try {
            new PageDiff<K, V>(any.map().getKeyType(), new Pushed<>(any.set(), to)).compare(root(old), root(after));
        } catch (MVStoreException e) {
            throw new ChangeGapException(
                    any.set().place() + ": its version that was read last cannot be read any more: " + e.getMessage()
                            + "; start again from a whole backup",
                    e);
        }
    }

    private static <K, V> @Nullable Page<K, V> root(StoreVersion.@Nullable View<K, V> view) {
        return view == null ? null : view.map().getRootPage();
    }

    private record Pushed<K, V>(StoredMap<?, K, V> set, ChangeVisitor to) implements PageDiff.Differences<K, V> {
        @Override
        public void both(K oldKey, V oldValue, K newKey, V newValue) throws IOException {
            if (oldKey == newKey && oldValue == newValue) {
                return;
            }
            byte[] was = set.encodeKey(oldKey);
            byte[] key = set.encodeKey(newKey);
            byte[] value = set.encodeValue(key, newValue);
            boolean sameKey = Arrays.equals(was, key);
            if (!sameKey) {
                // The map takes them for one key.
                to.delete(set.name(), was);
            }
            if (!sameKey || !Arrays.equals(set.encodeValue(key, oldValue), value)) {
                to.put(set.name(), key, value);
            }
        }

        @Override
        public void onlyOld(K key) throws IOException {
            to.delete(set.name(), set.encodeKey(key));
        }

        @Override
        public void onlyNew(K key, V value) throws IOException {
            byte[] encoded = set.encodeKey(key);
            to.put(set.name(), encoded, set.encodeValue(encoded, value));
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            log.forget(this);
            last.close();
            next.forEach(StoreVersion::close);
        }
    }
}
