package io.kvbackup.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartStreamTest {
    @TempDir
    Path temporary;

    @Test
    void t22_partsHoldAllBytesInOrder() throws IOException {
        long seed = 4711;
        for (int size : new int[] {0, 1, 99, 100, 101, 200, 201, 1_050}) {
            byte[] content = new byte[size];
            new Random(seed).nextBytes(content);
            List<byte[]> parts = cut(100, content);

            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            parts.forEach(joined::writeBytes);
            assertThat(joined.toByteArray()).as("%d bytes, seed %d", size, seed).isEqualTo(content);
            assertThat(parts).as("parts of %d bytes", size).hasSize(Math.max(1, (size + 99) / 100));
        }
    }

    @Test
    void partsThatAreTooLargeForMemoryAreFilesUntilReleased() throws IOException {
        long size = PartPool.MAX_HEAP_PART + 1;
        PartPool pool = new PartPool(size, temporary);
        Part part = pool.take(1);
        byte[] block = new byte[1 << 20];
        new Random(5).nextBytes(block);
        for (int i = 0; i < 17; i++) {
            assertThat(part.fill(block, 0, block.length)).isEqualTo(i < 16 ? block.length : 1);
        }

        assertThat(part.length()).isEqualTo(size);
        assertThat(files()).hasSize(1);
        for (int attempt = 0; attempt < 2; attempt++) {
            try (InputStream in = part.body().contentStreamProvider().newStream()) {
                assertThat(in.readNBytes(block.length)).isEqualTo(block);
                in.skipNBytes(15L * block.length);
                assertThat(in.read()).isEqualTo(block[0] & 0xFF);
                assertThat(in.read()).isNegative();
            }
        }
        part.release();
        assertThat(files()).isEmpty();
        assertThat(pool.arrays()).isZero();
    }

    @Test
    void partsThatHaveGrownAreFiles() throws IOException {
        PartPool pool = new PartPool(1_000, temporary);
        Part small = pool.take(900);
        Part grown = pool.take(901);

        assertThat(small).isInstanceOf(HeapPart.class);
        assertThat(grown).isInstanceOf(FilePart.class);
        small.release();
        grown.release();
        assertThat(files()).isEmpty();
    }

    @Test
    void arraysAreNoMoreThanPartsInFlightAndOneBeingFilled() throws Exception {
        int concurrency = 3;
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            PartPool pool = new PartPool(100, temporary);
            PartTasks tasks = new PartTasks(threads, concurrency, Duration.ofSeconds(10));
            PartStream stream = stream(pool, tasks, part -> {});
            for (int i = 0; i < 50_000; i++) {
                stream.write(i);
            }
            tasks.awaitAll();
            stream.discard();
            assertThat(pool.arrays()).isBetween(2, concurrency + 1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failureThatTheSourceSwallowsComesBackAtTheEnd() throws IOException {
        PartPool pool = new PartPool(10, temporary);
        PartStream stream = new PartStream(
                pool,
                (number, part) -> {
                    part.release();
                    throw new IOException("store broke");
                },
                "s3://bucket/key");
        assertThatThrownBy(() -> stream.write(new byte[11])).hasMessage("store broke");
        assertThatThrownBy(() -> stream.write(1)).hasMessage("store broke");
        assertThatThrownBy(stream::end).hasMessage("store broke");
    }

    private List<byte[]> cut(int partSize, byte[] content) throws IOException {
        List<byte[]> parts = new ArrayList<>();
        PartTasks tasks = new PartTasks(Runnable::run, 1, Duration.ofSeconds(1));
        PartStream stream = stream(new PartPool(partSize, temporary), tasks, parts::add);
        for (int done = 0, step = 1; done < content.length; done += step, step = step * 7 % 331 + 1) {
            step = Math.min(step, content.length - done);
            stream.write(content, done, step);
        }
        stream.end();
        Part last = stream.takeLast();
        parts.add(bytes(last));
        last.release();
        return parts;
    }

    private static PartStream stream(PartPool pool, PartTasks tasks, Consumer<byte[]> to) throws IOException {
        return new PartStream(
                pool, (number, part) -> tasks.submit(() -> to.accept(bytes(part)), part::release), "s3://bucket/key");
    }

    private static byte[] bytes(Part part) throws IOException {
        try (InputStream in = part.body().contentStreamProvider().newStream()) {
            return in.readAllBytes();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.toList();
        }
    }
}
