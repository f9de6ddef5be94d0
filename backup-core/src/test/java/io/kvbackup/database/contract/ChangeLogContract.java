package io.kvbackup.database.contract;

import static io.kvbackup.database.contract.DatabaseContents.assertSame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kvbackup.database.ChangeGapException;
import io.kvbackup.database.ChangeLog;
import io.kvbackup.database.ChangeReader;
import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The promises of {@link ChangeLog} as tests, for an adapter whose databases have one. */
public interface ChangeLogContract extends DatabaseUnderTest {
    /** Whether commits that nobody reads in between may come as one, and reading begins at few positions only. */
    default boolean joinsCommits() {
        return false;
    }

    /**
     * Changes the database in a way that leaves no record in its log.
     *
     * @return whether there is such a way; if not, this has done nothing
     */
    default boolean changeWithoutRecord() throws Exception {
        return false;
    }

    private ChangeLog log() {
        return database().changeLog().orElseThrow();
    }

    private ChangeModel model() throws Exception {
        return ChangeModel.startingWith(live());
    }

    private Map<String, NavigableMap<byte[], byte[]>> live() throws Exception {
        Map<String, NavigableMap<byte[], byte[]>> live = new TreeMap<>();
        for (String set : List.of("first", "second")) {
            NavigableMap<byte[], byte[]> copy = DatabaseContents.empty();
            copy.putAll(readLive(set));
            live.put(set, copy);
        }
        return live;
    }

    private void assertLiveIs(ChangeModel model, String when) throws Exception {
        assertSame(model.entries("first"), readLive("first"), "first, " + when);
        assertSame(model.entries("second"), readLive("second"), "second, " + when);
    }

    @Test
    default void thereIsOneLogWithOneHistory() {
        assertThat(log()).isSameAs(log());
        assertThat(log().history()).isNotBlank().isEqualTo(log().history());
    }

    @Test
    default void aNewLogHasNothingToRead() throws Exception {
        fill();
        try (ChangeReader reader = log().open(log().position())) {
            assertThat(model().readAll(reader)).isZero();
        }
    }

    @Test
    default void randomChangesReadOneByOneAreTheContent() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomChangesReadOneByOneAreTheContent: seed " + seed);
        Random random = new Random(seed);
        fill();
        ChangeModel model = model();
        try (ChangeReader reader = log().open(log().position())) {
            for (int i = 0; i < 60; i++) {
                write(ChangeSteps.next(random));
                assertThat(model.readAll(reader))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(1);
                assertLiveIs(model, "seed " + seed + ", step " + i);
                assertThat(log().position()).isEqualTo(model.lastPosition());
            }
        }
    }

    @Test
    default void randomChangesReadTogetherAreTheContent() throws Exception {
        long seed = System.nanoTime();
        System.out.println("randomChangesReadTogetherAreTheContent: seed " + seed);
        Random random = new Random(seed);
        ChangeModel model = model();
        List<Map<String, NavigableMap<byte[], byte[]>>> states = new ArrayList<>();
        try (ChangeReader reader = log().open(log().position())) {
            for (int i = 0; i < 40; i++) {
                write(ChangeSteps.next(random));
                states.add(live());
            }
            int commits = model.readAll(reader);
            assertLiveIs(model, "seed " + seed);
            if (!joinsCommits()) {
                assertThat(commits).isEqualTo(states.size());
                for (int i = 0; i < commits; i++) {
                    var then = model.at(model.commits().get(i).position());
                    assertSame(then.get("first"), states.get(i).get("first"), "seed " + seed + ", " + i);
                    assertSame(then.get("second"), states.get(i).get("second"), "seed " + seed + ", " + i);
                }
            }
        }
    }

    @Test
    default void readingBeginsAfterAnyCommit() throws Exception {
        assumeThat(joinsCommits()).isFalse();
        fill();
        List<Long> positions = new ArrayList<>(List.of(log().position()));
        List<ChangeModel> models = new ArrayList<>(List.of(model()));
        try (ChangeReader keeps = log().open(log().position())) {
            for (int i = 0; i < 4; i++) {
                write(Write.put("first", "a", "change " + i), Write.delete("second", "c"));
                model().readAll(keeps);
                positions.add(log().position());
                models.add(model());
                try (ChangeReader reader = log().open(positions.get(i))) {
                    assertThat(models.get(i).readAll(reader)).isEqualTo(1);
                    assertLiveIs(models.get(i), "after position " + positions.get(i));
                }
            }
        }
        assertThat(positions).doesNotHaveDuplicates().isSortedAccordingTo(Long::compareUnsigned);
    }

    @Test
    default void atLeastOneCommitComesAndThenItStops() throws Exception {
        ChangeModel model = model();
        try (ChangeReader reader = log().open(log().position())) {
            for (int i = 0; i < 3; i++) {
                write(Write.put("first", "key " + i, "x".repeat(1000)));
            }
            boolean more = reader.read(model, 1);
            assertThat(model.commits()).hasSize(1);
            while (more) {
                more = reader.read(model, 1);
            }
            assertLiveIs(model, "read in pieces");
        }
    }

    @Test
    default void aLargeCommitIsWhole() throws Exception {
        ChangeModel model = model();
        try (ChangeReader reader = log().open(log().position())) {
            List<Write> large = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                large.add(Write.put("first", ("key " + i).getBytes(UTF_8), new byte[200_000]));
            }
            write(large);
            assertThat(model.readAll(reader)).isEqualTo(1);
            assertLiveIs(model, "large commit");
        }
    }

    @Test
    default void aProofTellsCommitsApart() throws Exception {
        try (ChangeReader reader = log().open(log().position())) {
            write(Write.put("first", "a", "1"));
            model().readAll(reader);
            long one = log().position();
            byte[] proof = log().proof(one);
            write(Write.put("first", "a", "2"));
            model().readAll(reader);
            long two = log().position();

            assertThat(proof).hasSize(32).isEqualTo(log().proof(one));
            assertThat(log().proof(two)).hasSize(32).isNotEqualTo(proof);
            assertThatThrownBy(() -> log().proof(two + 1000)).isInstanceOf(ChangeGapException.class);
            assertThatThrownBy(() -> log().open(two + 1000)).isInstanceOf(ChangeGapException.class);
        }
    }

    @Test
    default void whatAVisitorHasRefusedComesAgain() throws Exception {
        ChangeModel model = model();
        IOException refused = new IOException("the visitor has had enough");
        try (ChangeReader reader = log().open(log().position())) {
            write(Write.put("first", "a", "1"), Write.put("second", "b", "2"));
            assertThatThrownBy(() -> reader.read(refusing(refused), 1000)).isSameAs(refused);
            assertThat(model.readAll(reader)).isEqualTo(1);
            assertLiveIs(model, "after the failure");
        }
    }

    private static ChangeVisitor refusing(IOException refused) {
        return new ChangeVisitor() {
            @Override
            public void put(String set, byte[] key, byte[] value) throws IOException {
                if (set.equals("second")) {
                    throw refused;
                }
            }

            @Override
            public void delete(String set, byte[] key) {}

            @Override
            public void deleteRange(String set, KeyRange keys) {}

            @Override
            public void commit(long position, Instant time) throws IOException {
                throw refused;
            }
        };
    }

    @Test
    default void aClosedReaderReadsNothing() throws Exception {
        ChangeReader reader = log().open(log().position());
        reader.close();

        assertThatCode(reader::close).doesNotThrowAnyException();
        write(Write.put("first", "a", "1"));
        assertThatThrownBy(() -> reader.read(model(), 1000))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
    }

    @Test
    default void snapshotsStandInTheLog() throws Exception {
        long seed = System.nanoTime();
        System.out.println("snapshotsStandInTheLog: seed " + seed);
        ChangeModel all = model();
        try (ChangeReader reader = log().open(log().position())) {
            List<SnapshotInLog> snapshots = new ArrayList<>();
            try (SerialHistory history = SerialHistory.start(this, seed, 2)) {
                for (int i = 0; i < 5; i++) {
                    history.awaitWrites(10);
                    try (DatabaseSnapshot open = database().openSnapshot()) {
                        snapshots.add(SnapshotInLog.read(open));
                    }
                    history.awaitWrites(10);
                    while (reader.read(all, 1000)
                            && all.lastPosition() < snapshots.get(i).span().consistentAt()) {
                        // Snapshots are compared with commits that were read while others were made.
                    }
                }
            }
            all.readAll(reader);
            assertLiveIs(all, "seed " + seed + ", at the end");
            snapshots.forEach(snapshot -> snapshot.assertLeadsToTheEnd(all, "seed " + seed));
            snapshots.stream()
                    .filter(snapshot -> !joinsCommits() || snapshot.isEndOfACommit(all))
                    .forEach(snapshot -> snapshot.assertFits(all, "seed " + seed));
        }
    }

    @Test
    default void readersDoNotDisturbEachOther() throws Exception {
        ChangeModel one = model();
        ChangeModel other = model();
        AtomicInteger read = new AtomicInteger();
        try (ChangeReader first = log().open(log().position());
                ChangeReader second = log().open(log().position())) {
            for (int i = 0; i < 10; i++) {
                write(Write.put("first", "a" + i, "change " + i));
                read.addAndGet(one.readAll(first));
            }
            assertThat(read).hasValue(10);
            other.readAll(second);
            assertLiveIs(one, "read one by one");
            assertLiveIs(other, "read together");
        }
    }

    @Test
    default void aRestoreIsReadOrEndsTheHistory() throws Exception {
        fill();
        ChangeModel model = model();
        try (ChangeReader reader = log().open(log().position())) {
            DatabaseContents.restore(
                    database(),
                    headerOf("first", "second"),
                    Map.of(
                            "first", DatabaseContents.entries("a", "restored"),
                            "second", DatabaseContents.entries("e", "restored")));
            write(Write.put("first", "z", "after the restore"));
            try {
                model.readAll(reader);
                assertLiveIs(model, "after a restore");
            } catch (ChangeGapException e) {
                assertThat(e).hasMessageContaining("restore");
            }
        }
        ChangeModel again = model();
        try (ChangeReader reader = log().open(log().position())) {
            write(Write.put("first", "b", "later"));
            again.readAll(reader);
            assertLiveIs(again, "begun after the restore");
        }
    }

    @Test
    default void whatLeavesNoRecordIsAGap() throws Exception {
        fill();
        ChangeModel model = model();
        try (ChangeReader reader = log().open(log().position())) {
            write(Write.put("first", "a", "recorded"));
            model.readAll(reader);
            assumeThat(changeWithoutRecord()).isTrue();
            write(Write.put("first", "b", "after the gap"));
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            model.readAll(reader);
                        }
                    })
                    .isInstanceOf(ChangeGapException.class);
        }
        assertNothingLeftBehind();
    }
}
