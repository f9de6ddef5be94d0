package io.kvbackup.format.log;

import static io.kvbackup.format.log.Segments.KEY;
import static io.kvbackup.format.log.Segments.TIMELINE;

import io.kvbackup.format.TimelineJson;
import io.kvbackup.format.TimelineRecord;
import io.kvbackup.format.log.Segments.Stored;
import io.kvbackup.format.tree.FrameHead;
import io.kvbackup.format.tree.FrameKind;
import io.kvbackup.format.tree.FrameReader;
import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.FuzzTarget.Mutator;
import io.kvbackup.fuzz.Mutations;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Segments, what frames hold once their checksums are passed, footers, and records of timelines. */
class SegmentFuzzTest extends FuzzContract {
    private static final Set<Class<? extends Exception>> CORRUPT = Set.of(CorruptBackupException.class);
    private static final SegmentSpan SPAN = new SegmentSpan(100, 103, 1_000, 1_003);

    @Override
    protected int rounds() {
        return 1_000;
    }

    @Override
    protected List<FuzzTarget> targets() throws Exception {
        Mutator mutator = Mutations.bytes().or(Mutations.numbers());
        Stored plain = segment(null);
        Stored encrypted = segment(KEY);
        byte[] changes = plainFrame();
        byte[] footer = new SegmentFooter(
                        List.of(new SegmentFooter.Frame(57, 100, 200, 101, 103, 1_003)), 3, 9, new byte[32])
                .encode();
        byte[] record = TimelineJson.encode(new TimelineRecord(
                "orders",
                "h",
                TIMELINE,
                5,
                Instant.EPOCH,
                new TimelineRecord.Parent(TIMELINE, 4, 3),
                new TimelineRecord.Parent(TIMELINE, 2, 1),
                null));
        return List.of(
                target("segment", plain.bytes(), mutator, bytes -> Segments.read(bytes, SPAN, null, CommitChoice.ALL)),
                target(
                        "encrypted segment",
                        encrypted.bytes(),
                        mutator,
                        bytes -> Segments.read(bytes, SPAN, KEY, CommitChoice.ALL)),
                target("changes", changes, mutator, SegmentFuzzTest::readChanges),
                target("footer", footer, mutator, bytes -> SegmentFooter.decode(bytes, 57, 170, "footer")),
                target("timeline", record, mutator, bytes -> TimelineJson.decode(bytes, "timeline")),
                target("name", SPAN.fileName().getBytes(StandardCharsets.UTF_8), mutator, bytes -> {
                    SegmentSpan.parse(new String(bytes, StandardCharsets.ISO_8859_1));
                    TimelineId.parse(new String(bytes, StandardCharsets.ISO_8859_1));
                }));
    }

    private static FuzzTarget target(String name, byte[] good, Mutator mutator, FuzzTarget.Reader reader) {
        return new FuzzTarget(name, List.of(good), mutator, reader, CORRUPT);
    }

    private static Stored segment(@Nullable SegmentKey key) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (SegmentWriter writer = new SegmentWriter(body, TIMELINE, 100, 1_000, key)) {
            for (int i = 1; i <= 3; i++) {
                Segments.changes(new Random(i), 3, 20, writer);
                writer.commit(100 + i, Instant.ofEpochMilli(1_000 + i));
            }
            return Segments.stored(writer.finish(Segments.proof(3)), body);
        }
    }

    /** What a frame holds: it is stored as it is, if it is random enough. */
    private static byte[] plainFrame() throws IOException {
        byte[] segment = segment(null).bytes();
        int begin = SegmentHeader.length(false);
        int stored = ByteBuffer.wrap(segment, begin + 5, 4).getInt();
        try (FrameReader frames = new FrameReader()) {
            return frames.read(
                    Set.of(FrameKind.CHANGES_ZSTD, FrameKind.CHANGES_RAW),
                    segment,
                    begin,
                    FrameHead.BYTES + stored,
                    begin,
                    null,
                    "frame");
        }
    }

    private static void readChanges(byte[] bytes) throws IOException {
        new Commits(SPAN).read(bytes, CommitChoice.ALL, SegmentReader.NOTHING, "frame");
    }
}
