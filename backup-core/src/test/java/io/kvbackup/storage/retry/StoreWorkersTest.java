package io.kvbackup.storage.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Requests that are given up before or while a thread runs them. */
class StoreWorkersTest {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final StoreWorkers workers = new StoreWorkers(waiting::add, new VirtualTime());
    private boolean ran;

    /** Whoever waits for its end, to clean up after it, must not wait in vain. */
    @Test
    void aRequestThatIsCancelledBeforeAThreadBeginsHasEnded() throws IOException {
        StoreWorkers.Running<String> running = workers.start("upload", () -> {
            ran = true;
            return "done";
        });

        running.task().cancel(true);
        assertThat(running.result()).isCancelled();

        waiting.remove().run();
        assertThat(ran).isFalse();
    }

    @Test
    void aRequestThatIsCancelledWhileItRunsEndsWithItsCall() throws IOException {
        StoreWorkers.Running<?>[] running = new StoreWorkers.Running<?>[1];
        running[0] = workers.start("upload", () -> {
            running[0].task().cancel(true);
            assertThat(running[0].result()).isNotDone();
            return Thread.interrupted() ? "interrupted" : "in peace";
        });

        waiting.remove().run();
        assertThat(running[0].result()).isCompletedWithValueMatching("interrupted"::equals);
    }
}
