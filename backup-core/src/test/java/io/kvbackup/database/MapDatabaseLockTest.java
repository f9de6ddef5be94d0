package io.kvbackup.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.contract.DatabaseContents;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.IndexBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

class MapDatabaseLockTest {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, String> first = new TreeMap<>(Map.of("a", "1", "b", "2"));
    private final Map<String, String> second = new HashMap<>(Map.of("c", "3"));

    private MapDatabase.Builder builder() {
        return MapDatabase.builder("orders")
                .set("first", first, Codec.utf8(), Codec.utf8())
                .set("second", second, Codec.utf8(), Codec.utf8());
    }

    private static DatabaseBackup header() {
        return DatabaseBackup.of(
                "orders",
                List.of(
                        new SetBackup("first", Encoding.TEXT, Encoding.TEXT),
                        new SetBackup("second", Encoding.TEXT, Encoding.TEXT)),
                List.of(new IndexBackup("i", "first", "f", 0, List.of())),
                null);
    }

    @Test
    void theLockIsHeldWhileASnapshotIsOpen() throws IOException {
        DatabaseSnapshot snapshot = builder().lock(lock).build().openSnapshot();
        assertThat(lock.isHeldByCurrentThread()).isTrue();

        snapshot.close();
        snapshot.close();
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void aSnapshotThatCannotBeOpenedReleasesTheLock() {
        MapDatabase database = builder()
                .lock(lock)
                .auth(() -> {
                    throw new IllegalStateException("no settings");
                })
                .build();

        assertThatThrownBy(database::openSnapshot).hasMessage("no settings");
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void ofAReadWriteLockSnapshotsTakeTheReadLockAndCommitsTheWriteLock() throws IOException {
        ReentrantReadWriteLock locks = new ReentrantReadWriteLock();
        AtomicReference<Boolean> written = new AtomicReference<>();
        MapDatabase database = builder()
                .lock(locks)
                .onRestored(header -> written.set(locks.isWriteLockedByCurrentThread()))
                .build();

        try (DatabaseSnapshot snapshot = database.openSnapshot()) {
            assertThat(snapshot.estimatedEntries()).hasValue(3);
            assertThat(locks.getReadHoldCount()).isOne();
        }
        DatabaseContents.restore(database, header(), Map.of());
        assertThat(written).hasValue(true);
        assertThat(locks.getReadHoldCount() + locks.getWriteHoldCount()).isZero();
    }

    @Test
    void anInterruptEndsTheWaitForTheLock() throws Exception {
        MapDatabase database = builder().lock(lock).build();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        lock.lock();
        try {
            Thread waiting = new Thread(() -> {
                try {
                    database.openSnapshot().close();
                } catch (IOException e) {
                    thrown.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            waiting.start();
            waiting.interrupt();
            waiting.join(10_000);
        } finally {
            lock.unlock();
        }

        assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class).hasMessageContaining("orders");
        assertThat(flag).hasValue(true);
    }

    @Test
    void nullKeysAndValuesAreNamed() {
        MapDatabase database = builder().lock(lock).build();
        second.put(null, "x");
        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("second", "null key");

        second.remove(null);
        second.put("n", null);
        assertThatThrownBy(() -> DatabaseContents.of(database))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("second", "\"n\"", "null value");
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void listenersHearOfARestoreUnderTheLock() throws IOException {
        AtomicReference<DatabaseBackup> heard = new AtomicReference<>();
        MapDatabase database = builder()
                .lock(lock)
                .onRestored(restored -> {
                    assertThat(lock.isHeldByCurrentThread()).isTrue();
                    assertThat(first).containsOnlyKeys("x");
                    heard.set(restored);
                })
                .build();

        DatabaseContents.restore(database, header(), Map.of("first", DatabaseContents.entries("x", "9")));
        assertThat(heard).hasValue(header());
        assertThat(second).isEmpty();
    }

    @Test
    void aFailingListenerIsReportedAndTheEntriesStay() {
        MapDatabase database = builder()
                .lock(lock)
                .onRestored(restored -> {
                    throw new IllegalStateException("index is broken");
                })
                .build();

        assertThatThrownBy(() -> DatabaseContents.restore(database, header(), Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("is restored", "index is broken");
        assertThat(first).isEmpty();
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void aMapThatThrowsMidwayGetsItsOldContentBack() {
        Stubborn stubborn = new Stubborn(Map.of("k", "old"));
        MapDatabase database = builder()
                .set("third", stubborn, Codec.utf8(), Codec.utf8())
                .lock(lock)
                .build();
        DatabaseBackup all = header().withSets(List.of(
                new SetBackup("first", Encoding.TEXT, Encoding.TEXT),
                new SetBackup("third", Encoding.TEXT, Encoding.TEXT)));

        assertThatThrownBy(() -> DatabaseContents.restore(
                        database,
                        all,
                        Map.of(
                                "first", DatabaseContents.entries("x", "9"),
                                "third", DatabaseContents.entries("new", "1"))))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("orders", "old content is back", "will not let go");
        assertThat(first).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(stubborn).isEqualTo(Map.of("k", "old"));
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void aMapThatThrowsForGoodIsReportedWithEveryReason() {
        Stubborn stubborn = new Stubborn(Map.of("k", "old"));
        stubborn.forGood = true;
        MapDatabase database = MapDatabase.builder("orders")
                .set("first", stubborn, Codec.utf8(), Codec.utf8())
                .lock(lock)
                .build();

        assertThatThrownBy(() -> DatabaseContents.restore(
                        database,
                        DatabaseBackup.of("orders", new SetBackup("first", Encoding.TEXT, Encoding.TEXT)),
                        Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be put back")
                .satisfies(e -> assertThat(e.getCause().getSuppressed()).hasSize(1));
    }

    /** Takes entries, but refuses once to remove any; for good, it then takes none either. */
    private static final class Stubborn extends HashMap<String, String> {
        private boolean refused;
        private boolean forGood;

        private Stubborn(Map<String, String> content) {
            super(content);
        }

        @Override
        public void putAll(Map<? extends String, ? extends String> content) {
            if (refused && forGood) {
                throw new IllegalStateException("takes nothing any more");
            }
            super.putAll(content);
        }

        @Override
        public Set<String> keySet() {
            Set<String> keys = super.keySet();
            return new AbstractSet<>() {
                @Override
                public Iterator<String> iterator() {
                    Iterator<String> all = keys.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return all.hasNext();
                        }

                        @Override
                        public String next() {
                            return all.next();
                        }

                        @Override
                        public void remove() {
                            if (!refused || forGood) {
                                refused = true;
                                throw new IllegalStateException("will not let go");
                            }
                            all.remove();
                        }
                    };
                }

                @Override
                public int size() {
                    return keys.size();
                }
            };
        }
    }
}
