package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static io.kvbackup.database.contract.DatabaseContents.push;
import static io.kvbackup.database.contract.DatabaseContents.restore;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvbackup.database.DatabaseRestore;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every restore does. */
interface RestoreContract extends DatabaseUnderTest {
    @Test
    default void replacesTheNamedSetsAndNoOthers() throws Exception {
        fill();
        restore(database(), headerOf("first"), Map.of("first", entries("b", "new", "x", "9")));

        assertLive("first", "b", "new", "x", "9");
        assertLive("second", "c", "3", "d", "4");
        assertNothingLeftBehind();
    }

    @Test
    default void replacesSeveralSetsTogether() throws Exception {
        fill();
        restore(
                database(),
                headerOf("first", "second"),
                Map.of("second", entries("", "empty key", "d", ""), "first", entries("z", "26")));

        assertLive("first", "z", "26");
        assertLive("second", "", "empty key", "d", "");
    }

    @Test
    default void whetherARestoreReplacesAnythingIsKnownBefore() throws Exception {
        assertThat(database().restoreReplacesEntries()).isFalse();
        fill();
        assertThat(database().restoreReplacesEntries()).isTrue();
        assertNothingLeftBehind();
    }

    @Test
    default void namedSetsWithoutEntriesEndUpEmpty() throws Exception {
        fill();
        restore(database(), headerOf("first", "second"), Map.of("first", entries()));

        assertLive("first");
        assertLive("second");
    }

    @Test
    default void restoresIntoAnEmptyDatabase() throws Exception {
        restore(database(), headerOf("first"), Map.of("first", entries("a", "1")));

        assertLive("first", "a", "1");
        assertLive("second");
    }

    @Test
    default void restoresTwiceInARowAndTakesWritesAfterwards() throws Exception {
        fill();
        restore(database(), headerOf("first"), Map.of("first", entries("a", "one", "b", "two")));
        write(Write.put("first", "b", "later"), Write.delete("first", "a"), Write.put("first", "c", "later"));
        assertLive("first", "b", "later", "c", "later");

        restore(database(), headerOf("first"), Map.of("first", entries("a", "three")));
        assertLive("first", "a", "three");
    }

    @Test
    default void restoresWhatASnapshotReads() throws Exception {
        restoresWhatASnapshotReads(2_000);
    }

    @Test
    @Tag("thorough")
    default void restoresManyEntries() throws Exception {
        restoresWhatASnapshotReads(20_000);
    }

    private void restoresWhatASnapshotReads(int count) throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> many = DatabaseContents.empty();
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[random.nextInt(0, 30)];
            byte[] value = new byte[random.nextInt(100)];
            random.nextBytes(key);
            random.nextBytes(value);
            many.put(key, value);
        }
        restore(database(), headerOf("first"), Map.of("first", many));
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertSame(DatabaseContents.of(snapshot, "first"), many, "seed " + seed);
        }
        write(Write.put("first", "stray", "x"), Write.delete("first", "none"));

        restore(database(), headerOf("first"), Map.of("first", many));
        assertSame(readLive("first"), many, "seed " + seed);
    }

    @Test
    default void restoresALargeValue() throws Exception {
        restoresAValueOf(8 << 20);
    }

    @Test
    @Tag("thorough")
    default void restoresAValueOf64MiB() throws Exception {
        restoresAValueOf(64 << 20);
    }

    private void restoresAValueOf(int bytes) throws Exception {
        NavigableMap<byte[], byte[]> big = entries("a", "1");
        byte[] value = new byte[bytes];
        new Random(65).nextBytes(value);
        big.put("big".getBytes(UTF_8), value);
        restore(database(), headerOf("second"), Map.of("second", big));

        assertSame(readLive("second"), big, "seed 65");
    }

    @Test
    default void closingWithoutCommitChangesNothing() throws Exception {
        fill();
        try (DatabaseRestore restore = database().beginRestore(headerOf("first", "second"))) {
            push(entries("x", "9"), restore.set("first"));
        }

        assertFilledAsBefore();
        assertNothingLeftBehind();
    }

    @Test
    default void t6_liveDataIsUntouchedUntilCommit() throws Exception {
        fill();
        try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
            push(entries("x", "9"), restore.set("first"));
            assertFilledAsBefore();
            restore.commit();
            assertLive("first", "x", "9");
        }
    }

    @Test
    default void t28_aCommitShowsExactlyWhatWasStagedOrFailsAndChangesNothing() throws Exception {
        fill();
        assumeThat(loseEntries()).isTrue();
        NavigableMap<byte[], byte[]> staged = entries("a", "new", "lost", "1", "z", "2");
        try {
            restore(database(), headerOf("first", "second"), Map.of("first", staged, "second", entries()));
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("first");
            assertFilledAsBefore();
            assertNothingLeftBehind();
            return;
        }
        assertSame(readLive("first"), staged, "restored");
        assertLive("second");
    }

    @Test
    default void unsortedAndRepeatedKeysAreRefused() throws Exception {
        fill();
        for (String second : new String[] {"a", "b"}) {
            try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
                EntryVisitor set = restore.set("first");
                set.visit(new byte[] {'b'}, new byte[0]);
                assertThatThrownBy(() -> set.visit(second.getBytes(UTF_8), new byte[0]))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("first")
                        .hasMessageContaining(second)
                        .hasMessageContaining("order");
                assertCommitRefused(restore);
            }
        }
        assertFilledAsBefore();
        assertNothingLeftBehind();
    }

    @Test
    default void unknownSetsAreRefusedAtOnce() throws Exception {
        assumeThat(takesUnknownSets()).isFalse();
        fill();
        assertThatThrownBy(() -> database().beginRestore(headerOf("first", "third")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("third")
                .hasMessageContaining("choose");
        assertNothingLeftBehind();
    }

    @Test
    default void setsThatTheHeaderDoesNotNameAreRefused() throws Exception {
        try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
            assertThatThrownBy(() -> restore.set("second"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("second");
        }
    }

    @Test
    default void aSetComesOnlyOnce() throws Exception {
        try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
            restore.set("first");
            assertThatThrownBy(() -> restore.set("first"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("second time");
        }
    }

    @Test
    default void aSetEndsWhenTheNextBegins() throws Exception {
        fill();
        try (DatabaseRestore restore = database().beginRestore(headerOf("first", "second"))) {
            EntryVisitor first = restore.set("first");
            restore.set("second");
            assertThatThrownBy(() -> first.visit(new byte[] {1}, new byte[0]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ended");
        }
        assertFilledAsBefore();
    }

    @Test
    default void committingTwiceIsRefused() throws Exception {
        fill();
        try (DatabaseRestore restore = database().beginRestore(headerOf("first"))) {
            restore.commit();
            assertCommitRefused(restore);
        }
        assertLive("first");
        assertNothingLeftBehind();
    }

    @Test
    default void aClosedRestoreTakesNothing() throws Exception {
        fill();
        DatabaseRestore restore = database().beginRestore(headerOf("first", "second"));
        EntryVisitor set = restore.set("first");
        restore.close();

        assertThatCode(restore::close).doesNotThrowAnyException();
        assertThatThrownBy(() -> set.visit(new byte[] {1}, new byte[0])).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> restore.set("second")).isInstanceOf(IOException.class);
        assertCommitRefused(restore);
        assertFilledAsBefore();
        assertNothingLeftBehind();
    }

    private static void assertCommitRefused(DatabaseRestore restore) {
        assertThatThrownBy(restore::commit).isInstanceOf(IOException.class).hasMessageContaining("commit");
    }
}
