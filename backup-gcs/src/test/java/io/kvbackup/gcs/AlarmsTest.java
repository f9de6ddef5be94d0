package io.kvbackup.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.client.http.AbstractHttpContent;
import com.google.api.client.http.GenericUrl;
import io.kvbackup.claim.OtherProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines hold, whatever else goes on in the JVM. */
@Timeout(60)
class AlarmsTest {
    private static final int POOL = 2;

    private final Alarms alarms = new Alarms();

    @Test
    void slowOneDelaysNoOther() throws InterruptedException {
        CountDownLatch other = new CountDownLatch(1);
        CountDownLatch slow = new CountDownLatch(1);
        Future<?> first = alarms.in(1, () -> {
            awaitUninterrupted(other);
            slow.countDown();
        });
        Future<?> second = alarms.in(2, other::countDown);
        assertThat(slow.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(first).isNotCancelled();
        assertThat(second).isNotCancelled();
    }

    @Test
    void cancelledOneDoesNotRing() throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        Future<?> alarm = alarms.in(60_000, cancelled::countDown);
        assertThat(alarm.cancel(false)).isTrue();
        CountDownLatch next = new CountDownLatch(1);
        Future<?> rung = alarms.in(1, next::countDown);
        assertThat(next.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rung).isNotCancelled();
        assertThat(cancelled.getCount()).isEqualTo(1);
    }

    @Test
    void t21_deadlineHoldsWhileTheCommonPoolIsBlocked() throws Exception {
        OtherProcess.run(AlarmsTest.class, Duration.ofSeconds(30));
    }

    /** In a JVM of its own, whose pool has threads however few processors there are, and whose blocked pool is nobody else's. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", Integer.toString(POOL));
        CountDownLatch blocked = new CountDownLatch(POOL);
        for (int i = 0; i < POOL; i++) {
            ForkJoinPool.commonPool().execute(() -> {
                blocked.countDown();
                awaitUninterrupted(new CountDownLatch(1));
            });
        }
        blocked.await();
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            GenericUrl url = new GenericUrl("http://127.0.0.1:" + deaf.getLocalPort());
            var request = new WatchedTransport().create().createRequestFactory().buildPutRequest(url, new Much());
            WatchedTransport.within(300, request::execute);
            throw new AssertionError("a store that reads nothing has answered");
        } catch (SocketTimeoutException e) {
            System.out.println("in time: " + e.getMessage());
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** More than the buffers of both sockets take, made as it is sent. */
    private static final class Much extends AbstractHttpContent {
        private static final int BLOCKS = 48 << 10;
        private final byte[] block = new byte[1 << 10];

        Much() {
            super("application/octet-stream");
        }

        @Override
        public long getLength() {
            return (long) BLOCKS * block.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            for (int i = 0; i < BLOCKS; i++) {
                out.write(block);
            }
        }
    }
}
