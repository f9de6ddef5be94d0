package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Trap T8, for the stream alone: no digest of the whole stands before it here, so it is the segments that must refuse
 * what was changed, and until they do, nothing may come out but the beginning of what was encrypted.
 */
class EncryptedStreamTamperingTest {
    private static final int CASES_OF_EACH = 15;
    private static final int MANY_CASES_OF_EACH = 150;
    private static final int SEGMENTS = 5;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final TransformChain chain = TransformChain.parse(List.of("enc"));
    private final TransformContext object = TransformContext.of("backups/orders/2026-11-20T12:00:00.000Z.cbor.enc")
            .withKey(DataKey.of(bytes(DataKey.BYTES)));
    private final byte[] plain = bytes(SEGMENTS * Segments.BYTES - 10_000);
    private byte[] stream;
    private byte[] other;

    private enum Tampering {
        BIT,
        CUT,
        CUT_BETWEEN_SEGMENTS,
        SWAP,
        DUPLICATE,
        DROP,
        EXTENSION,
        SEGMENT_OF_ANOTHER_STREAM,
        HEADER_OF_ANOTHER_STREAM
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void encryptTwice() throws IOException {
        stream = encrypt();
        other = encrypt();
        assertThat(stream.length).isBetween((SEGMENTS - 1) * Segments.BYTES + 1, SEGMENTS * Segments.BYTES);
    }

    private byte[] encrypt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EncodedOutputStream encoded = chain.encode(out, object)) {
            encoded.write(plain);
            encoded.finish();
        }
        return out.toByteArray();
    }

    @Test
    void noTamperingComesOut() throws IOException {
        noneOf(CASES_OF_EACH);
    }

    @Test
    @Tag("thorough")
    void noneOfAThousandTamperingsComesOut() throws IOException {
        noneOf(MANY_CASES_OF_EACH);
    }

    private void noneOf(int casesOfEach) throws IOException {
        for (Tampering tampering : Tampering.values()) {
            for (int i = 0; i < casesOfEach; i++) {
                byte[] bad = tamper(tampering);
                assertThat(bad).isNotEqualTo(stream);
                refused(bad, tampering + ", case " + i + " of seed " + seed);
            }
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (InputStream in = chain.decode(new ByteArrayInputStream(stream), object)) {
            in.transferTo(whole);
        }
        assertThat(whole.toByteArray()).isEqualTo(plain);
    }

    private void refused(byte[] bad, String what) throws IOException {
        ByteArrayOutputStream released = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 + random.nextInt(100_000)];
        try (InputStream in = chain.decode(new ByteArrayInputStream(bad), object)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                released.write(buffer, 0, count);
            }
            fail("was read to its end: " + what);
        } catch (CorruptBackupException e) {
            byte[] prefix = released.toByteArray();
            assertThat(Arrays.mismatch(prefix, 0, prefix.length, plain, 0, Math.min(prefix.length, plain.length)))
                    .as(what)
                    .isEqualTo(-1);
        }
    }

    private byte[] tamper(Tampering tampering) {
        List<byte[]> segments = segments(stream);
        int at = random.nextInt(SEGMENTS);
        switch (tampering) {
            case BIT -> {
                byte[] bad = stream.clone();
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
                return bad;
            }
            case CUT -> {
                return Arrays.copyOf(stream, random.nextInt(stream.length));
            }
            case CUT_BETWEEN_SEGMENTS -> segments = segments.subList(0, at);
            case SWAP -> Collections.swap(segments, at, (at + 1 + random.nextInt(SEGMENTS - 1)) % SEGMENTS);
            case DUPLICATE -> segments.add(at, segments.get(at));
            case DROP -> segments.remove(at);
            case EXTENSION -> segments.add(random.nextBoolean() ? bytes(1 + random.nextInt(2000)) : segments.get(at));
            case SEGMENT_OF_ANOTHER_STREAM -> segments.set(at, segments(other).get(at));
            case HEADER_OF_ANOTHER_STREAM -> {
                byte[] bad = stream.clone();
                System.arraycopy(other, 0, bad, 0, Segments.HEADER_BYTES);
                return bad;
            }
        }
        return join(segments);
    }

    /** The first has the header with it. */
    private static List<byte[]> segments(byte[] stream) {
        List<byte[]> segments = new ArrayList<>();
        for (int from = 0; from < stream.length; from += Segments.BYTES) {
            segments.add(Arrays.copyOfRange(stream, from, Math.min(stream.length, from + Segments.BYTES)));
        }
        return segments;
    }

    private static byte[] join(List<byte[]> segments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        segments.forEach(out::writeBytes);
        return out.toByteArray();
    }
}
