package io.kvbackup.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets the tool end in order when its process is told to: the process waits for it. */
final class Signals implements Terminal.Stop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean hooked;

    @Override
    public boolean within(Duration time) throws InterruptedException {
        if (!hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "kvbackup-stop"));
        }
        return stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void stop() {
        stop.countDown();
        try {
            ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The work is done; whoever waits for it may go on. */
    void ended() {
        ended.countDown();
    }
}
