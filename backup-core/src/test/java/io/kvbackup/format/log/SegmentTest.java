package io.kvbackup.format.log;

import static io.kvbackup.format.log.Segments.KEY;
import static io.kvbackup.format.log.Segments.TIMELINE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.log.Segments.Both;
import io.kvbackup.format.log.Segments.Commit;
import io.kvbackup.format.log.Segments.Recorder;
import io.kvbackup.format.log.Segments.Stored;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written into a segment comes out again, or nothing does. */
class SegmentTest {
    /** Positions cross 2^63, which is below zero for whoever forgets that they have no sign. */
    private static final long FROM = Long.MAX_VALUE - 3;

    /** Three commits in two hundred bytes. */
    private static Stored small(long seed, @Nullable SegmentKey key) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, FROM, 1_000, key)) {
            for (int i = 1; i <= 3; i++) {
                Segments.changes(new Random(seed + i), 3, 20, writer);
                writer.commit(FROM + i, Instant.ofEpochMilli(1_000 + i));
            }
            return Segments.stored(writer.finish(Segments.proof(3)), body);
        }
    }

    private static Stored write(List<Commit> written, Random random, int commits, @Nullable SegmentKey key)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Recorder recorder = new Recorder();
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, FROM, 1_000, key)) {
            Both both = new Both(writer, recorder);
            long position = FROM;
            long millis = 1_000;
            for (int i = 0; i < commits; i++) {
                position += 1 + random.nextInt(5);
                millis += random.nextInt(3);
                if (random.nextInt(10) == 0) {
                    writer.advance(position++, Instant.ofEpochMilli(millis));
                }
                int longest = random.nextInt(20) == 0 ? 300_000 : 200;
                Segments.changes(random, 1 + random.nextInt(random.nextInt(50) == 0 ? 3_000 : 5), longest, both);
                both.commit(position, Instant.ofEpochMilli(millis));
            }
            SegmentHeader header = writer.finish(Segments.proof(position));
            written.addAll(recorder.commits);
            return Segments.stored(header, body);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void comesBackCommitByCommit(boolean encrypted) throws Exception {
        SegmentKey key = encrypted ? KEY : null;
        for (long seed = 0; seed < 12; seed++) {
            System.out.println("seed " + seed);
            List<Commit> written = new ArrayList<>();
            Stored segment = write(written, new Random(seed), 1 + (int) seed * 8, key);
            Commit last = written.get(written.size() - 1);

            assertThat(Segments.read(segment, key)).isEqualTo(written);
            assertThat(segment.span()).isEqualTo(new SegmentSpan(FROM, last.position(), 1_000, last.millis()));
            Commit middle = written.get(written.size() / 2);
            assertThat(Segments.read(
                            segment.bytes(),
                            segment.span(),
                            key,
                            (position, millis) -> Long.compareUnsigned(position, middle.position()) <= 0))
                    .isEqualTo(written.subList(0, written.size() / 2 + 1));
        }
    }

    @Test
    void oneCommitMayGoOverManyFrames() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        Recorder recorder = new Recorder();
        SegmentHeader header;
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, 0, 0, null)) {
            Both both = new Both(writer, recorder);
            both.put("a", new byte[] {1}, new byte[1_000_000]);
            Segments.changes(new Random(1), 10_000, 300, both);
            both.commit(10_001, Instant.ofEpochMilli(5));
            both.put("b", new byte[0], new byte[0]);
            both.commit(10_002, Instant.ofEpochMilli(3));
            header = writer.finish(Segments.proof(1));
        }
        Stored segment = Segments.stored(header, body);
        List<Commit> read = Segments.read(segment, null);
        assertThat(read.get(0)).isEqualTo(recorder.commits.get(0));
        assertThat(read.get(1).millis())
                .as("a clock that goes back stands still")
                .isEqualTo(5);
    }

    @Test
    void aSegmentOfCommitsOfOtherDatabasesHoldsNothing() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, 4, 0, KEY)) {
            writer.advance(9, Instant.ofEpochMilli(8));
            Stored segment = Segments.stored(writer.finish(Segments.proof(9)), body);
            assertThat(segment.span()).isEqualTo(new SegmentSpan(4, 9, 0, 8));
            assertThat(Segments.read(segment, KEY)).isEmpty();
        }
    }

    @Test
    void refusesPositionsThatGoBack() throws Exception {
        try (SegmentWriter writer = new SegmentWriter(new ByteArrayOutputStream(), TIMELINE, -2, 0, null)) {
            writer.put("a", new byte[0], new byte[0]);
            writer.commit(-1, Instant.EPOCH);
            for (long position : new long[] {-1, -2, 0, 5}) {
                assertThatThrownBy(() -> writer.commit(position, Instant.EPOCH))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("breaks its contract");
            }
        }
    }

    /** Each byte of a small segment, changed; each length, cut; and one byte more. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyDamageIsFound(boolean encrypted) throws Exception {
        SegmentKey key = encrypted ? KEY : null;
        Stored segment = small(5, key);
        byte[] good = segment.bytes();
        int merged = 8;
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= (byte) (i == merged ? 1 : 2);
            requireDamaged(bad, segment, key, "byte " + i);
            requireDamaged(Arrays.copyOf(good, i), segment, key, "cut at " + i);
        }
        requireDamaged(Arrays.copyOf(good, good.length + 1), segment, key, "one byte more");
    }

    private static void requireDamaged(byte[] bytes, Stored segment, @Nullable SegmentKey key, String what) {
        assertThatThrownBy(() -> Segments.read(bytes, segment.span(), key, CommitChoice.ALL))
                .as(what)
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining(segment.span().fileName());
    }

    @Test
    void aSegmentIsNotTakenForAnother() throws Exception {
        for (SegmentKey key : new SegmentKey[] {null, KEY}) {
            Stored one = small(5, key);
            SegmentSpan other = new SegmentSpan(FROM, FROM + 3, 1_000, 1_004);
            assertThatThrownBy(() -> Segments.read(one.bytes(), other, key, CommitChoice.ALL))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("of another segment");
            assertThatThrownBy(() -> Segments.read(one, key == null ? KEY : null))
                    .isInstanceOf(CorruptBackupException.class)
                    .hasMessageContaining("be encrypted");
        }
    }

    /** Frames of one segment in place of those of another, which were written under the same key. */
    @Test
    void encryptedFramesCannotBeExchanged() throws Exception {
        Stored one = small(5, KEY);
        Stored two = small(5, KEY);
        assertThat(one.bytes()).hasSameSizeAs(two.bytes()).isNotEqualTo(two.bytes());
        int header = one.header().encode().length;
        byte[] mixed = one.bytes().clone();
        System.arraycopy(two.bytes(), header, mixed, header, mixed.length - header);
        requireDamaged(mixed, one, KEY, "frames of another segment");
        SegmentKey other = new SegmentKey(Segments.SECRET, "log/other/" + TIMELINE, KEY.random());
        requireDamaged(one.bytes(), one, other, "moved to another database");
    }

    @Test
    void nothingShowsWithoutTheKey() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, 0, 0, KEY)) {
            writer.put("confidential", "confidential".getBytes(UTF_8), "confidential".getBytes(UTF_8));
            writer.commit(1, Instant.EPOCH);
            Stored segment = Segments.stored(writer.finish(Segments.proof(1)), body);
            assertThat(new String(segment.bytes(), UTF_8)).doesNotContain("confidential");
        }
    }

    @Test
    void namesTellSpans() {
        SegmentSpan span = new SegmentSpan(255, -1, 0, 1_795_000_000_000L);
        assertThat(span.fileName()).isEqualTo("00000000000000ff-ffffffffffffffff-0000000000000-1795000000000.seg");
        assertThat(SegmentSpan.parse(span.fileName())).contains(span);
        for (String bad : List.of(
                "00000000000000FF-ffffffffffffffff-0000000000000-1795000000000.seg",
                "ffffffffffffffff-00000000000000ff-0000000000000-1795000000000.seg",
                "00000000000000ff-ffffffffffffffff-1795000000001-1795000000000.seg",
                "00000000000000ff-ffffffffffffffff-0000000000000-1795000000000.seg.tmp",
                "timeline.json")) {
            assertThat(SegmentSpan.parse(bad)).as(bad).isEmpty();
        }
        assertThat(TimelineId.parse(TIMELINE.toString())).contains(TIMELINE);
        assertThat(TIMELINE).hasToString("00000007-fedcba9876543210");
        assertThat(TimelineId.parse("7-fedcba9876543210")).isEmpty();
        assertThat(new TimelineId(0xFFFF_FFFFL, 0)).hasToString("ffffffff-0000000000000000");
    }
}
