package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TransformChainTest {
    static final TransformContext OBJECT = TransformContext.of("object");

    static byte[] encode(List<String> names, byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EncodedOutputStream encoded = TransformChain.parse(names).encode(out, OBJECT)) {
            encoded.write(plain);
            encoded.finish();
        }
        return out.toByteArray();
    }

    static byte[] decode(List<String> names, byte[] encoded) throws IOException {
        try (InputStream in = TransformChain.parse(names).decode(new ByteArrayInputStream(encoded), OBJECT)) {
            return in.readAllBytes();
        }
    }

    static byte[] halfRandom(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        Arrays.fill(bytes, 0, length / 2, (byte) 'x');
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gz", "bz2", "xz", "zst", "gz.zst", "zst.bz2", "xz.gz.zst"})
    void whatGoesInComesOut(String chain) throws IOException {
        List<String> names = chain.isEmpty() ? List.of() : List.of(chain.split("\\."));
        for (int length : new int[] {0, 1, 1000, 300_000}) {
            byte[] plain = halfRandom(length, 7);
            assertThat(decode(names, encode(names, plain)))
                    .describedAs("%s, %d bytes", chain, length)
                    .isEqualTo(plain);
        }
    }

    @Test
    void extensionsAreAppliedFromTheInside() throws IOException {
        byte[] encoded = encode(List.of("zst", "gz"), new byte[] {1, 2, 3});

        assertThat(decode(List.of("zst"), decode(List.of("gz"), encoded))).containsExactly(1, 2, 3);
        assertThat(TransformChain.parse(List.of("zst", "gz")).suffix()).isEqualTo(".zst.gz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "xz", "zst"})
    void everyTruncationIsDamage(String name) throws IOException {
        byte[] encoded = encode(List.of(name), halfRandom(2000, 3));
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThatThrownBy(() -> decode(List.of(name), cut))
                    .describedAs("first %d of %d bytes", length, encoded.length)
                    .isInstanceOf(CorruptBackupException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "xz", "zst"})
    void garbageBehindTheEndIsDamage(String name) throws IOException {
        byte[] encoded = encode(List.of(name), halfRandom(2000, 3));
        for (int length : new int[] {1, 2, 3, 4, 5, 100}) {
            byte[] longer = Arrays.copyOf(encoded, encoded.length + length);
            Arrays.fill(longer, encoded.length, longer.length, (byte) 0x55);
            assertThatThrownBy(() -> decode(List.of(name), longer))
                    .describedAs("%d bytes too many", length)
                    .isInstanceOf(CorruptBackupException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "zst"})
    void concatenatedFilesDecodeToConcatenatedContent(String name) throws IOException {
        byte[] one = encode(List.of(name), new byte[] {1});
        byte[] two = encode(List.of(name), new byte[] {2});
        InputStream both = new SequenceInputStream(new ByteArrayInputStream(one), new ByteArrayInputStream(two));
        try (InputStream in = TransformChain.parse(List.of(name)).decode(both, OBJECT)) {
            assertThat(in.readAllBytes()).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "xz", "zst"})
    void damageIsNeverAnyOtherException(String name) throws IOException {
        long seed = 20261121;
        Random random = new Random(seed);
        byte[] plain = halfRandom(20_000, seed);
        byte[] encoded = encode(List.of(name), plain);
        for (int round = 0; round < 500; round++) {
            byte[] damaged = Damage.apply(encoded, random);
            try {
                decode(List.of(name), damaged);
            } catch (CorruptBackupException expected) {
                assertThat(expected).hasMessageContaining(name);
            } catch (IOException | RuntimeException e) {
                throw new AssertionError(name + ", seed " + seed + ", round " + round, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gz", "bz2", "xz", "zst", "gz.zst"})
    void failureOfTheSourcePassesUnchanged(String chain) throws IOException {
        List<String> names = chain.isEmpty() ? List.of() : List.of(chain.split("\\."));
        byte[] encoded = encode(names, halfRandom(3000, 5));
        for (int offset = 0; offset < encoded.length; offset += 7) {
            IOException lost = new IOException("connection lost");
            InputStream source = new FailingInputStream(encoded, offset, lost);
            assertThatThrownBy(() -> {
                        try (InputStream in = TransformChain.parse(names).decode(source, OBJECT)) {
                            in.readAllBytes();
                        }
                    })
                    .describedAs("after %d bytes", offset)
                    .isSameAs(lost);
        }
    }

    @Test
    void unknownTransformIsNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> TransformChain.parse(List.of("gz", "lz4")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'lz4'", "zst", "gz", "bz2", "xz");
        assertThatThrownBy(() -> TransformChain.isAvailable("lz4")).isInstanceOf(IllegalArgumentException.class);
        assertThat(TransformChain.isKnown("lz4")).isFalse();
        assertThat(TransformChain.isAvailable("zst")).isTrue();
    }
}
