package io.kvbackup.format.log;

import static io.kvbackup.format.log.Segments.KEY;
import static io.kvbackup.format.log.Segments.TIMELINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.format.log.Segments.Both;
import io.kvbackup.format.log.Segments.Commit;
import io.kvbackup.format.log.Segments.Recorder;
import io.kvbackup.format.log.Segments.Stored;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A merged segment holds every commit of those it was made of, at any cut, and merged ones can be merged again. */
class MergeIsLosslessTest {
    private final List<Commit> written = new ArrayList<>();

    private List<Stored> segments(Random random, int count, @Nullable SegmentKey key) throws IOException {
        List<Stored> segments = new ArrayList<>();
        long position = 100;
        long millis = 50;
        for (int i = 0; i < count; i++) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            Recorder recorder = new Recorder();
            try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, position, millis, key)) {
                Both both = new Both(writer, recorder);
                for (int commits = random.nextInt(6); commits > 0; commits--) {
                    position += 1 + random.nextInt(4);
                    millis += random.nextInt(1_000);
                    Segments.changes(random, 1 + random.nextInt(random.nextInt(8) == 0 ? 2_000 : 4), 400, both);
                    both.commit(position, Instant.ofEpochMilli(millis));
                }
                writer.advance(++position, Instant.ofEpochMilli(millis));
                segments.add(Segments.stored(writer.finish(Segments.proof(position)), body));
            }
            written.addAll(recorder.commits);
        }
        return segments;
    }

    private static Stored merge(List<Stored> segments, @Nullable SegmentKey key) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SegmentMerge merge =
                new SegmentMerge(body, TIMELINE, segments.get(0).span(), key)) {
            for (Stored each : segments) {
                try (SegmentReader reader = new SegmentReader(
                        new ByteArrayInputStream(each.bytes()), TIMELINE, each.span(), key, "segment")) {
                    merge.add(each.span(), reader);
                }
            }
            return Segments.stored(merge.finish(), body);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCommitStays(boolean encrypted) throws Exception {
        SegmentKey key = encrypted ? KEY : null;
        for (long seed = 0; seed < 10; seed++) {
            System.out.println("seed " + seed);
            written.clear();
            Random random = new Random(seed);
            List<Stored> segments = segments(random, 2 + random.nextInt(8), key);
            int cut = 1 + random.nextInt(segments.size() - 1);

            Stored all = merge(segments, key);
            Stored again = merge(
                    List.of(merge(segments.subList(0, cut), key), merge(segments.subList(cut, segments.size()), key)),
                    key);

            assertThat(Segments.read(all, key)).isEqualTo(written);
            assertThat(Segments.read(again, key)).isEqualTo(written);
            assertThat(again.span()).isEqualTo(all.span());
            assertThat(all.header().merged()).isTrue();
            if (!encrypted) {
                assertThat(again.bytes()).as("frames are copied as they are").isEqualTo(all.bytes());
            }
        }
    }

    @Test
    void aHoleIsRefused() throws Exception {
        List<Stored> segments = segments(new Random(4), 3, null);
        assertThatThrownBy(() -> merge(List.of(segments.get(0), segments.get(2)), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not follow");
    }

    @Test
    void damageDoesNotGoOn() throws Exception {
        List<Stored> segments = segments(new Random(4), 3, null);
        byte[] bad = segments.get(1).bytes().clone();
        bad[bad.length / 2] ^= 1;
        Stored damaged = new Stored(segments.get(1).header(), bad);
        assertThatThrownBy(() -> merge(List.of(segments.get(0), damaged, segments.get(2)), null))
                .isInstanceOf(CorruptBackupException.class);
    }
}
