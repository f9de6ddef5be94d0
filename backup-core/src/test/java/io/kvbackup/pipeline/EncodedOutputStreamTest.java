package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvbackup.model.CorruptBackupException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedOutputStreamTest {
    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "xz", "zst", "gz.zst"})
    void t1_closingWithoutFinishLeavesNothingThatLooksWhole(String chain) throws IOException {
        List<String> names = List.of(chain.split("\\."));
        byte[] plain = TransformChainTest.halfRandom(5000, 11);
        for (int length = 0; length < plain.length; length += 500) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            int before;
            try (EncodedOutputStream encoded = TransformChain.parse(names).encode(out, TransformChainTest.OBJECT)) {
                encoded.write(plain, 0, length);
                before = out.size();
            }
            assertThat(out.size()).describedAs("after %d bytes", length).isEqualTo(before);
            assertThatThrownBy(() -> TransformChainTest.decode(names, out.toByteArray()))
                    .isInstanceOf(CorruptBackupException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gz", "bz2", "xz", "zst"})
    void failureOfTheTargetIsThrownOnceAndCloseStaysQuiet(String name) throws IOException {
        IOException full = new IOException("no space left");
        OutputStream target = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw full;
            }
        };
        EncodedOutputStream encoded =
                TransformChain.parse(List.of(name)).encode(swallowFirst(target, 64), TransformChainTest.OBJECT);

        assertThatThrownBy(() -> {
                    encoded.write(TransformChainTest.halfRandom(2_000_000, 1));
                    encoded.finish();
                })
                .isSameAs(full);
        encoded.close();
        encoded.close();
    }

    // Headers are written when the encoder is made.
    private static OutputStream swallowFirst(OutputStream target, int bytes) {
        return new OutputStream() {
            private int left = bytes;

            @Override
            public void write(int b) throws IOException {
                if (left-- <= 0) {
                    target.write(b);
                }
            }
        };
    }

    @Test
    void nothingCanBeWrittenAfterFinish() throws IOException {
        EncodedOutputStream encoded =
                TransformChain.parse(List.of("zst")).encode(new ByteArrayOutputStream(), TransformChainTest.OBJECT);
        encoded.finish();

        assertThatThrownBy(() -> encoded.write(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(encoded::finish).isInstanceOf(IOException.class);
        encoded.close();
    }

    @Test
    void theTargetStaysOpen() throws IOException {
        boolean[] closed = new boolean[1];
        OutputStream target = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        try (EncodedOutputStream encoded =
                TransformChain.parse(List.of("gz", "bz2", "xz", "zst")).encode(target, TransformChainTest.OBJECT)) {
            encoded.finish();
        }
        assertThat(closed[0]).isFalse();
    }
}
