package io.kvbackup.format.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.database.ChangeVisitor;
import io.kvbackup.database.KeyRange;
import io.kvbackup.pipeline.DataKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes and reads segments in memory. */
final class Segments {
    static final TimelineId TIMELINE = new TimelineId(7, 0xFEDC_BA98_7654_3210L);
    static final DataKey SECRET = DataKey.of("0123456789abcdef0123456789abcdef".getBytes(UTF_8));
    static final SegmentKey KEY = new SegmentKey(SECRET, "log/orders/" + TIMELINE, new SecureRandom());

    private Segments() {}

    /** A segment as it lies in a store. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Stored(SegmentHeader header, byte[] bytes) {
        SegmentSpan span() {
            return header.span();
        }
    }

    /** A transaction: each change as {@link #text} tells it. */
    record Commit(long position, long millis, List<String> changes) {}

    static Stored stored(SegmentHeader header, ByteArrayOutputStream body) {
        ByteArrayOutputStream object = new ByteArrayOutputStream();
        object.writeBytes(header.encode());
        object.writeBytes(body.toByteArray());
        return new Stored(header, object.toByteArray());
    }

    static byte[] proof(long position) {
        byte[] proof = new byte[SegmentFooter.PROOF_BYTES];
        Arrays.fill(proof, (byte) position);
        return proof;
    }

    static String text(String op, String set, byte[]... bytes) {
        StringBuilder text = new StringBuilder(op).append(' ').append(set);
        for (byte[] each : bytes) {
            text.append(' ')
                    .append(
                            each == null
                                    ? "end"
                                    : each.length > 100
                                            ? each.length + ":" + Arrays.hashCode(each)
                                            : HexFormat.of().formatHex(each));
        }
        return text.toString();
    }

    /** Remembers what it is told. */
    static final class Recorder implements ChangeVisitor {
        final List<Commit> commits = new ArrayList<>();
        private List<String> changes = new ArrayList<>();

        @Override
        public void put(String set, byte[] key, byte[] value) {
            changes.add(text("put", set, key, value));
        }

        @Override
        public void delete(String set, byte[] key) {
            changes.add(text("delete", set, key));
        }

        @Override
        public void deleteRange(String set, KeyRange keys) {
            changes.add(text("range", set, keys.from(), keys.to()));
        }

        @Override
        public void commit(long position, Instant time) {
            commits.add(new Commit(position, time.toEpochMilli(), changes));
            changes = new ArrayList<>();
        }
    }

    /** Tells two visitors. */
    record Both(ChangeVisitor first, ChangeVisitor second) implements ChangeVisitor {
        @Override
        public void put(String set, byte[] key, byte[] value) throws IOException {
            first.put(set, key, value);
            second.put(set, key, value);
        }

        @Override
        public void delete(String set, byte[] key) throws IOException {
            first.delete(set, key);
            second.delete(set, key);
        }

        @Override
        public void deleteRange(String set, KeyRange keys) throws IOException {
            first.deleteRange(set, keys);
            second.deleteRange(set, keys);
        }

        @Override
        public void commit(long position, Instant time) throws IOException {
            first.commit(position, time);
            second.commit(position, time);
        }
    }

    /** Any changes: short and long ones, in some sets. */
    static void changes(Random random, int count, int longest, ChangeVisitor to) throws IOException {
        for (int i = 0; i < count; i++) {
            String set = "set" + random.nextInt(3) + (random.nextInt(5) == 0 ? "ä€" : "");
            byte[] key = bytes(random, random.nextInt(20));
            switch (random.nextInt(6)) {
                case 0 -> to.delete(set, key);
                case 1 -> {
                    byte[] end = bytes(random, random.nextInt(20));
                    boolean ascends = Arrays.compareUnsigned(key, end) <= 0;
                    to.deleteRange(
                            set, new KeyRange(ascends ? key : end, random.nextBoolean() ? null : ascends ? end : key));
                }
                default -> to.put(set, key, bytes(random, random.nextInt(longest)));
            }
        }
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Reads all of a segment. */
    static List<Commit> read(Stored segment, @Nullable SegmentKey key) throws IOException {
        return read(segment.bytes(), segment.span(), key, CommitChoice.ALL);
    }

    static List<Commit> read(byte[] bytes, SegmentSpan span, @Nullable SegmentKey key, CommitChoice choice)
            throws IOException {
        Recorder recorder = new Recorder();
        try (SegmentReader reader =
                new SegmentReader(new ByteArrayInputStream(bytes), TIMELINE, span, key, "segment " + span.fileName())) {
            while (reader.next(choice, recorder)) {
                // Frame by frame.
            }
        }
        return recorder.commits;
    }
}
