package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class XzTransformTest {
    @Test
    @Timeout(60)
    void aHeapOf64MiBIsEnough() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InASmallHeap.class.getName())
                .redirectErrorStream(true)
                .start();
        try (InputStream printed = child.getInputStream()) {
            String output = new String(printed.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor()).as(output).isZero();
        } finally {
            child.destroyForcibly();
        }
    }

    /** Compresses and decompresses; run in a JVM of its own. */
    static final class InASmallHeap {
        private InASmallHeap() {}

        public static void main(String[] arguments) throws Exception {
            byte[] plain = TransformChainTest.halfRandom(3 << 20, 6);
            byte[] encoded = TransformChainTest.encode(List.of("xz"), plain);
            assertThat(TransformChainTest.decode(List.of("xz"), encoded)).isEqualTo(plain);
        }
    }
}
