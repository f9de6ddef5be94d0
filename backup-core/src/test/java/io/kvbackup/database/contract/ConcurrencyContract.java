package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvbackup.database.DatabaseSnapshot;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What writers and snapshots do to each other. */
interface ConcurrencyContract extends DatabaseUnderTest {
    @Test
    default void aSnapshotDoesNotShowLaterWrites() throws Exception {
        assumeThat(writersWaitForSnapshots()).isFalse();
        fill();
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            write(Write.put("first", "a", "changed"), Write.delete("first", "b"), Write.put("second", "e", "5"));

            assertSame(DatabaseContents.of(snapshot, "first"), entries("a", "1", "b", "2"), "snapshot");
            assertSame(DatabaseContents.of(snapshot, "second"), entries("c", "3", "d", "4"), "snapshot");
        }
        assertLive("first", "a", "changed");
    }

    @Test
    default void aSnapshotOutlivesARestore() throws Exception {
        assumeThat(writersWaitForSnapshots()).isFalse();
        fill();
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            restore(database(), headerOf("first"), Map.of("first", entries("x", "9")));

            assertSame(DatabaseContents.of(snapshot, "first"), entries("a", "1", "b", "2"), "snapshot");
            assertLive("first", "x", "9");
        }
    }

    @Test
    default void writersWaitForASnapshotOnlyWhereTheEngineHasALock() throws Exception {
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> written;
            try (DatabaseSnapshot snapshot = database().openSnapshot()) {
                written = writer.submit(() -> {
                    write(Write.put("first", "k", "v"));
                    return null;
                });
                assertThat(finishesWithin(written, writersWaitForSnapshots() ? 50 : 10_000))
                        .isNotEqualTo(writersWaitForSnapshots());
                assertThat(DatabaseContents.of(snapshot, "first")).isEmpty();
            }
            written.get(10, TimeUnit.SECONDS);
            assertLive("first", "k", "v");
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    default void snapshotsUnderTenWritersShowOneInstant() throws Exception {
        try (SerialHistory history = SerialHistory.start(this, 20_261_121, 10)) {
            for (int i = 0; i < 10; i++) {
                history.awaitWrites(100);
                try (DatabaseSnapshot snapshot = database().openSnapshot()) {
                    history.awaitWrites(writersWaitForSnapshots() ? 0 : 100);
                    NavigableMap<byte[], byte[]> first = DatabaseContents.of(snapshot, "first");
                    NavigableMap<byte[], byte[]> second = DatabaseContents.of(snapshot, "second");
                    history.assertOneInstant(first, second);
                }
            }
        }
    }

    @Test
    default void aCopyMadeUnderTenWritersShowsOneInstant() throws Exception {
        Map<String, NavigableMap<byte[], byte[]>> copy;
        SerialHistory history = SerialHistory.start(this, 5, 10);
        try (history) {
            history.awaitWrites(500);
            copy = DatabaseContents.of(database());
        }
        restore(database(), headerOf("first", "second"), copy);

        history.assertOneInstant(readLive("first"), readLive("second"));
    }

    private static boolean finishesWithin(Future<?> task, long millis) throws Exception {
        try {
            task.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }
}
