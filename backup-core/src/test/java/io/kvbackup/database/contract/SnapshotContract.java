package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static io.kvbackup.database.contract.DatabaseContents.entries;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.model.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every snapshot does. */
interface SnapshotContract extends DatabaseUnderTest {
    @Test
    default void headerNamesDatabaseAndSets() throws IOException {
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertThat(snapshot.header().name()).isEqualTo(database().name());
            assertThat(snapshot.header().sets()).containsOnlyKeys("first", "second");
            assertThat(snapshot.header().sets().values()).allSatisfy(set -> {
                assertThat(set.keys()).isEqualTo(Encoding.BINARY);
                assertThat(set.values()).isEqualTo(Encoding.BINARY);
                assertThat(set.data()).isEmpty();
            });
        }
    }

    @Test
    default void emptyDatabaseHasEmptySets() throws Exception {
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertThat(DatabaseContents.of(snapshot, "first")).isEmpty();
            assertThat(DatabaseContents.of(snapshot, "second")).isEmpty();
        }
        assertNothingLeftBehind();
    }

    @Test
    default void readsKeysOfAllByteValuesInUnsignedOrder() throws Exception {
        NavigableMap<byte[], byte[]> expected = DatabaseContents.empty();
        List<Write> writes = new ArrayList<>();
        for (int i = 255; i >= 0; i--) {
            for (byte[] key : List.of(new byte[] {(byte) i}, new byte[] {(byte) i, (byte) (255 - i)})) {
                expected.put(key, new byte[] {(byte) i, 0, (byte) 0xFF});
                writes.add(Write.put("first", key, new byte[] {(byte) i, 0, (byte) 0xFF}));
            }
        }
        write(writes);

        assertSnapshotShows("first", expected);
    }

    @Test
    default void readsEmptyKeyAndEmptyValue() throws Exception {
        write(Write.put("first", "", "of the empty key"), Write.put("first", "k", ""), Write.put("second", "", ""));

        assertSnapshotShows("first", entries("", "of the empty key", "k", ""));
        assertSnapshotShows("second", entries("", ""));
    }

    @Test
    default void readsALargeValue() throws Exception {
        readsAValueOf(8 << 20);
    }

    @Test
    @Tag("thorough")
    default void readsAValueOf64MiB() throws Exception {
        readsAValueOf(64 << 20);
    }

    private void readsAValueOf(int bytes) throws Exception {
        byte[] value = new byte[bytes];
        new Random(64).nextBytes(value);
        write(Write.put("first", "big".getBytes(UTF_8), value), Write.put("first", "c", "small"));

        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            NavigableMap<byte[], byte[]> read = DatabaseContents.of(snapshot, "first");
            assertThat(Arrays.equals(read.get("big".getBytes(UTF_8)), value)).isTrue();
            assertThat(read.get("c".getBytes(UTF_8))).asString(UTF_8).isEqualTo("small");
        }
    }

    @Test
    default void readsEntriesOfManySizes() throws Exception {
        readsEntriesOfManySizes(10_000);
    }

    @Test
    @Tag("thorough")
    default void readsManyEntriesOfManySizes() throws Exception {
        readsEntriesOfManySizes(100_000);
    }

    private void readsEntriesOfManySizes(int count) throws Exception {
        long seed = 4711;
        Random random = new Random(seed);
        NavigableMap<byte[], byte[]> expected = DatabaseContents.empty();
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[random.nextInt(1, 40)];
            byte[] value = new byte[random.nextInt(200) == 0 ? random.nextInt(9_000) : random.nextInt(60)];
            random.nextBytes(key);
            random.nextBytes(value);
            expected.put(key, value);
            writes.add(Write.put("second", key, value));
        }
        write(writes);

        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertSame(DatabaseContents.of(snapshot, "second"), expected, "seed " + seed);
            snapshot.estimatedEntries()
                    .ifPresent(estimate -> assertThat(estimate).isBetween(1L, 10L * expected.size()));
        }
    }

    @Test
    default void readsOnlyTheRangeThatIsAskedFor() throws Exception {
        write(
                Write.put("first", "a", "1"),
                Write.put("first", "ab", "2"),
                Write.put("first", "abc", "3"),
                Write.put("first", "b", "4"),
                Write.put("first", "c", "5"));

        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertRange(snapshot, KeyRange.all(), "a", "1", "ab", "2", "abc", "3", "b", "4", "c", "5");
            assertRange(snapshot, KeyRange.startingWith("ab".getBytes(UTF_8)), "ab", "2", "abc", "3");
            assertRange(snapshot, range("ab", "c"), "ab", "2", "abc", "3", "b", "4");
            assertRange(snapshot, range("aa", "b"), "ab", "2", "abc", "3");
            assertRange(snapshot, range("b", null), "b", "4", "c", "5");
            assertRange(snapshot, range("", "a"));
            assertRange(snapshot, range("", ""));
            assertRange(snapshot, range("b", "b"));
            assertRange(snapshot, range("d", null));
        }
    }

    @Test
    default void readingAgainShowsTheSameEntries() throws Exception {
        fill();
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            NavigableMap<byte[], byte[]> once = DatabaseContents.of(snapshot, "first");
            DatabaseContents.of(snapshot, "second");
            assertSame(DatabaseContents.of(snapshot, "first"), once, "second reading");
        }
    }

    @Test
    default void visitorFailurePassesThroughAndHoldsNothingBack() throws Exception {
        fill();
        IOException refused = new IOException("the visitor has had enough");
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertThatThrownBy(() -> snapshot.readEntries("first", KeyRange.all(), (key, value) -> {
                        throw refused;
                    }))
                    .isSameAs(refused);
            assertSame(DatabaseContents.of(snapshot, "first"), entries("a", "1", "b", "2"), "after the failure");
        }
        assertNothingLeftBehind();
    }

    @Test
    default void closingTwiceIsOneClose() throws Exception {
        DatabaseSnapshot snapshot = database().openSnapshot();
        snapshot.close();

        assertThatCode(snapshot::close).doesNotThrowAnyException();
        fill();
        assertFilledAsBefore();
    }

    @Test
    default void readingAfterCloseIsRefused() throws Exception {
        DatabaseSnapshot snapshot = database().openSnapshot();
        snapshot.close();

        assertThatThrownBy(() -> DatabaseContents.of(snapshot, "first"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    default void readingAnUnknownSetIsRefused() throws Exception {
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertThatThrownBy(() -> DatabaseContents.of(snapshot, "third"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("third")
                    .hasMessageContaining("first");
        }
    }

    private void assertSnapshotShows(String set, NavigableMap<byte[], byte[]> expected) throws IOException {
        try (DatabaseSnapshot snapshot = database().openSnapshot()) {
            assertSame(DatabaseContents.of(snapshot, set), expected, "set " + set);
        }
    }

    private static void assertRange(DatabaseSnapshot snapshot, KeyRange range, String... expected) throws IOException {
        assertSame(DatabaseContents.of(snapshot, "first", range), entries(expected), range.toString());
    }

    private static KeyRange range(String from, String to) {
        return new KeyRange(from.getBytes(UTF_8), to == null ? null : to.getBytes(UTF_8));
    }
}
