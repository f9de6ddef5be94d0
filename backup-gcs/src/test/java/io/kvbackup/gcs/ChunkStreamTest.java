package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkStreamTest {
    @Test
    void t22_anyLengthNeedsOneArrayOfChunkSize() throws IOException {
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        long[] sent = new long[1];
        ChunkStream stream = new ChunkStream(
                1 << 20,
                (chunk, length) -> {
                    arrays.add(chunk);
                    assertThat(chunk).hasSize(1 << 20);
                    assertThat(length).isEqualTo(1 << 20);
                    sent[0] += length;
                },
                "gs://bucket/a");
        byte[] some = new byte[100_003];
        for (int i = 0; i < 20_000; i++) {
            stream.write(some, 0, some.length);
        }
        stream.finish();

        assertThat(arrays).hasSize(1);
        assertThat(sent[0] + stream.lastLength()).isEqualTo(20_000L * some.length);
        assertThat(stream.lastLength()).isBetween(1, 1 << 20);
    }

    @Test
    void smallContentNeedsLittleMemory() throws IOException {
        ChunkStream stream = new ChunkStream(256 << 20, (chunk, length) -> {}, "gs://bucket/a");
        stream.write(new byte[20_000], 0, 20_000);

        assertThat(stream.last().length).isLessThan(100_000);
        assertThat(stream.lastLength()).isEqualTo(20_000);
    }

    @Test
    void fullChunkIsKeptUntilMoreArrives() throws IOException {
        int[] chunks = new int[1];
        ChunkStream stream = new ChunkStream(1_024, (chunk, length) -> chunks[0]++, "gs://bucket/a");
        stream.write(new byte[1_024], 0, 1_024);
        stream.write(new byte[0], 0, 0);
        assertThat(chunks[0]).isZero();

        stream.write(7);
        assertThat(chunks[0]).isEqualTo(1);
        assertThat(stream.lastLength()).isEqualTo(1);
    }
}
