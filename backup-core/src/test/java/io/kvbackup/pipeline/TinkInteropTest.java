package io.kvbackup.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The encrypted stream is the published format AES-GCM-HKDF: Tink is the oracle, in both directions. */
class TinkInteropTest {
    private static final int FIRST = Segments.BYTES - Segments.HEADER_BYTES - Segments.TAG_BYTES;
    private static final int NEXT = Segments.BYTES - Segments.TAG_BYTES;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final byte[] secret = bytes(DataKey.BYTES);
    private final TransformContext object = TransformContext.of("backups/orders/2026-11-20T12:00:00.000Z.cbor.enc")
            .withKey(DataKey.of(secret));

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private AesGcmHkdfStreaming tink() throws Exception {
        return new AesGcmHkdfStreaming(secret, "HmacSha256", 32, Segments.BYTES, 0);
    }

    private static byte[] name(String objectName) {
        return ("kvbackup.archive:" + objectName).getBytes(UTF_8);
    }

    private byte[] encrypt(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EncodedOutputStream encoded = TransformChain.parse(List.of("enc")).encode(out, object)) {
            for (int done = 0; done < plain.length; ) {
                int count = Math.min(1 + random.nextInt(100_000), plain.length - done);
                encoded.write(plain, done, count);
                done += count;
            }
            encoded.finish();
        }
        return out.toByteArray();
    }

    private byte[] decrypt(byte[] encrypted) throws IOException {
        try (InputStream in =
                TransformChain.parse(List.of("enc")).decode(new ByteArrayInputStream(encrypted), object)) {
            return in.readAllBytes();
        }
    }

    private byte[] tinkEncrypts(byte[] plain, byte[] associatedData) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encrypting = tink().newEncryptingStream(out, associatedData)) {
            encrypting.write(plain);
        }
        return out.toByteArray();
    }

    private byte[] tinkDecrypts(byte[] encrypted) throws Exception {
        try (InputStream in =
                tink().newDecryptingStream(new ByteArrayInputStream(encrypted), name(object.objectName()))) {
            return in.readAllBytes();
        }
    }

    private int[] lengths() {
        int[] borders = {0, FIRST, FIRST + NEXT, FIRST + 2 * NEXT};
        IntStream around = Arrays.stream(borders).flatMap(border -> IntStream.rangeClosed(border - 2, border + 2));
        return IntStream.concat(around, random.ints(30, 0, 5 * NEXT))
                .filter(length -> length >= 0)
                .toArray();
    }

    @Test
    void eachReadsWhatTheOtherHasWritten() throws Exception {
        for (int length : lengths()) {
            byte[] plain = bytes(length);
            byte[] ours = encrypt(plain);

            assertThat(tinkDecrypts(ours))
                    .as("ours, %d bytes, seed %d", length, seed)
                    .isEqualTo(plain);
            byte[] theirs = tinkEncrypts(plain, name(object.objectName()));
            assertThat(decrypt(theirs))
                    .as("theirs, %d bytes, seed %d", length, seed)
                    .isEqualTo(plain);
            assertThat(ours).as("%d bytes, seed %d", length, seed).hasSameSizeAs(theirs);
        }
    }

    @Test
    void whatIsCutAtAnyBorderIsRefused() throws Exception {
        byte[] encrypted = encrypt(bytes(3 * NEXT));
        for (int cut : new int[] {
            0,
            1,
            Segments.HEADER_BYTES - 1,
            Segments.HEADER_BYTES,
            Segments.HEADER_BYTES + Segments.TAG_BYTES,
            Segments.BYTES - 1,
            Segments.BYTES,
            Segments.BYTES + 1,
            2 * Segments.BYTES,
            2 * Segments.BYTES + Segments.TAG_BYTES,
            encrypted.length - 1
        }) {
            assertThatThrownBy(() -> decrypt(Arrays.copyOf(encrypted, cut)))
                    .as("cut at %d", cut)
                    .isInstanceOf(CorruptBackupException.class);
        }
        assertThatThrownBy(() -> decrypt(Arrays.copyOf(encrypted, encrypted.length + 1)))
                .isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void anotherNameOrKeyIsRefused() throws Exception {
        byte[] renamed = tinkEncrypts(bytes(10), name("backups/orders/other.cbor.enc"));
        assertThatThrownBy(() -> decrypt(renamed))
                .isInstanceOf(CorruptBackupException.class)
                .hasMessageContaining("not authentic");

        secret[0] ^= 1;
        byte[] otherKey = tinkEncrypts(bytes(10), name(object.objectName()));
        assertThatThrownBy(() -> decrypt(otherKey)).isInstanceOf(CorruptBackupException.class);
    }

    @Test
    void everyAttemptHasASaltOfItsOwn() throws IOException {
        byte[] plain = bytes(100);

        byte[] first = Arrays.copyOfRange(encrypt(plain), 1, Segments.HEADER_BYTES);
        byte[] second = Arrays.copyOfRange(encrypt(plain), 1, Segments.HEADER_BYTES);

        assertThat(Arrays.copyOf(first, Segments.SALT_BYTES)).isNotEqualTo(Arrays.copyOf(second, Segments.SALT_BYTES));
        assertThat(Arrays.copyOfRange(first, Segments.SALT_BYTES, first.length))
                .isNotEqualTo(Arrays.copyOfRange(second, Segments.SALT_BYTES, second.length));
    }

    @Test
    void anAttemptThatComesBackAfterItsBackupEndedGetsNoKey() {
        DataKey key = DataKey.of(secret);
        key.destroy();

        assertThatThrownBy(() -> TransformChain.parse(List.of("enc"))
                        .encode(
                                new ByteArrayOutputStream(),
                                TransformContext.of("object").withKey(key)))
                .isInstanceOf(IllegalStateException.class);
    }
}
