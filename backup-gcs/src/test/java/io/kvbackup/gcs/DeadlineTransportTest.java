package io.kvbackup.gcs;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import io.kvbackup.disk.OtherProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines hold, whatever else goes on in the JVM. */
@Timeout(60)
class DeadlineTransportTest {
    private static final int POOL = 2;

    @Test
    void t21_deadlineHoldsWhileTheCommonPoolIsBlocked() throws Exception {
        OtherProcess.run(DeadlineTransportTest.class, Duration.ofSeconds(30));
    }

    /**
     * In a JVM of its own, whose pool has threads however few processors there are, and whose blocked pool is nobody
     * else's.
     */
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
            // More than the buffers of both sockets take.
            ByteArrayContent much = new ByteArrayContent("application/octet-stream", new byte[48 << 20]);
            new DeadlineTransport(Duration.ofSeconds(5), Duration.ofMillis(300))
                    .createRequestFactory()
                    .buildPutRequest(url, much)
                    .execute();
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
}
