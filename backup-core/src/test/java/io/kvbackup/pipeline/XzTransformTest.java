package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvbackup.disk.OtherProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class XzTransformTest {
    @Test
    @Tag("thorough")
    void aHeapOf64MiBIsEnough() throws Exception {
        OtherProcess.run(InASmallHeap.class, Duration.ofSeconds(60));
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
