package io.kvbackup.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
class HandoffOutputStreamTest {
    private final ExecutorService pool = Executors.newSingleThreadExecutor();

    @AfterEach
    void poolIsIdleAgain() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private static void writesEverything(Executor executor, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] bytes = new byte[100_000];
        random.nextBytes(bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (HandoffOutputStream handoff = new HandoffOutputStream(out, executor, 3, 1000)) {
            int done = 0;
            while (done < bytes.length) {
                int count = Math.min(bytes.length - done, random.nextInt(3000));
                handoff.write(bytes, done, count);
                done += count;
                if (done < bytes.length) {
                    handoff.write(bytes[done++]);
                }
            }
            handoff.finish();
            assertThat(out.toByteArray()).describedAs("seed %d", seed).isEqualTo(bytes);
        }
    }

    @Test
    void everyByteArrivesInOrder() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            writesEverything(pool, seed);
        }
    }

    @Test
    void executorThatRunsTasksOnTheCallersThreadDoesNoHarm() throws IOException {
        writesEverything(Runnable::run, 1);
    }

    @Test
    void executorThatRejectsDoesNoHarm() throws IOException {
        writesEverything(
                task -> {
                    throw new RejectedExecutionException();
                },
                2);
    }

    @Test
    void executorThatNeverGetsToItDoesNoHarm() throws IOException {
        writesEverything(task -> {}, 3);
    }

    @Test
    void callerMayItselfOccupyTheOnlyThreadOfTheExecutor() throws Exception {
        pool.submit(() -> {
                    writesEverything(pool, 4);
                    return null;
                })
                .get();
    }

    @Test
    void finishWithoutAWriteWritesNothing() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (HandoffOutputStream handoff = new HandoffOutputStream(out, pool)) {
            handoff.finish();
        }
        assertThat(out.size()).isZero();
    }

    @Test
    void failureOfTheTargetReachesTheWriter() {
        for (Executor executor : new Executor[] {pool, Runnable::run}) {
            IOException full = new IOException("disk full");
            HandoffOutputStream handoff = new HandoffOutputStream(failing(full), executor, 2, 10);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 1000; i++) {
                            handoff.write(new byte[10]);
                        }
                    })
                    .isSameAs(full);
            assertThatThrownBy(handoff::finish).isInstanceOf(IOException.class);
            handoff.close();
        }
    }

    @Test
    void undeclaredFailureOfTheTargetReachesTheWriterToo() {
        Exception undeclared = new Exception("not declared");
        OutputStream target = new OutputStream() {
            @Override
            public void write(int b) {
                HandoffOutputStreamTest.<RuntimeException>throwUnchecked(undeclared);
            }
        };
        HandoffOutputStream handoff = new HandoffOutputStream(target, pool);
        assertThatThrownBy(() -> {
                    handoff.write(1);
                    handoff.finish();
                })
                .isInstanceOf(IOException.class)
                .hasCause(undeclared);
        handoff.close();
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Exception> void throwUnchecked(Exception e) throws E {
        throw (E) e;
    }

    @Test
    void executorThatStartsLateIsReportedOnce() throws IOException {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try {
            writesEverything(task -> {}, 5);
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).containsOnlyOnce("has not started a task within 100 ms");
    }

    @Test
    void failureThatComesLastIsThrownByFinish() throws IOException {
        IOException full = new IOException("disk full");
        try (HandoffOutputStream handoff = new HandoffOutputStream(failing(full), pool)) {
            handoff.write(1);
            assertThatThrownBy(handoff::finish).isSameAs(full);
        }
    }

    @Test
    void t1_closeWithoutFinishStopsABlockedTaskAndAbandonsTheRest() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        OutputStream target = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                blocked.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException();
                }
                written.write(b);
            }
        };
        HandoffOutputStream handoff = new HandoffOutputStream(target, pool, 2, 10);
        handoff.write(new byte[15]);
        blocked.await();
        handoff.close();

        assertThat(written.size()).isZero();
        assertThatThrownBy(() -> handoff.write(1)).isInstanceOf(IOException.class);
        assertThat(pool.submit(() -> Thread.currentThread().isInterrupted()).get())
                .isFalse();
    }

    @Test
    void interruptOfTheWriterEndsItsWaiting() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        OutputStream target = new OutputStream() {
            @Override
            public void write(int b) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        try (HandoffOutputStream handoff = new HandoffOutputStream(target, pool, 2, 10)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> handoff.write(new byte[100])).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            release.countDown();
        }
    }

    private static OutputStream failing(IOException failure) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw failure;
            }
        };
    }
}
