package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReadAheadInputStreamTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    @AfterEach
    void poolIsIdleAgain() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void readsEverything(Executor executor, int length, long seed) throws IOException {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        try (InputStream in = new ReadAheadInputStream(new ByteArrayInputStream(bytes), executor, 3, 1000)) {
            assertThat(in.readNBytes(length / 2 + 1).length).isEqualTo(Math.min(length, length / 2 + 1));
        }
        try (InputStream in = new ReadAheadInputStream(new ByteArrayInputStream(bytes), executor, 3, 1000)) {
            assertThat(in.readAllBytes()).describedAs("seed %d", seed).isEqualTo(bytes);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void everyByteArrivesInOrder() throws IOException {
        for (int length : new int[] {0, 1, 999, 1000, 1001, 3000, 100_000}) {
            readsEverything(pool, length, length);
        }
    }

    @Test
    void executorThatNeverRunsTheTaskDoesNoHarm() throws IOException {
        Executor rejecting = task -> {
            throw new RejectedExecutionException();
        };
        for (int length : new int[] {0, 1000, 1001, 10_000}) {
            readsEverything(Runnable::run, length, length);
            readsEverything(rejecting, length, length);
            readsEverything(task -> {}, length, length);
        }
    }

    @Test
    void failureOfTheSourceIsThrownAfterTheWholeBuffersBeforeIt() throws IOException {
        for (Executor executor : new Executor[] {pool, Runnable::run}) {
            IOException lost = new IOException("connection lost");
            InputStream source = new FailingInputStream(new byte[5000], 4500, lost);
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (InputStream in = new ReadAheadInputStream(source, executor, 2, 1000)) {
                assertThatThrownBy(() -> in.transferTo(read)).isSameAs(lost);
            }
            assertThat(read.size()).isEqualTo(4000);
        }
    }

    @Test
    void closeStopsABlockedTaskBeforeItClosesTheSource() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        boolean[] busy = new boolean[1];
        boolean[] closedWhileBusy = {true};
        InputStream source = new InputStream() {
            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                busy[0] = true;
                blocked.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                } finally {
                    busy[0] = false;
                }
                return -1;
            }

            @Override
            public void close() {
                closedWhileBusy[0] = busy[0];
            }
        };
        ReadAheadInputStream in = new ReadAheadInputStream(source, pool);
        blocked.await();
        in.close();

        assertThat(closedWhileBusy[0]).isFalse();
        assertThatThrownBy(in::read).isInstanceOf(IOException.class);
    }
}
