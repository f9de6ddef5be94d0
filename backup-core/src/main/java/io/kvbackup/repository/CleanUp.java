package io.kvbackup.repository;

import java.io.IOException;

/**
 * Requests that tidy up after a failure. They are sent although the thread was interrupted, which may be why it failed.
 */
public final class CleanUp {
    private CleanUp() {}

    /** What to do. */
    public interface Work {
        void run() throws IOException;
    }

    /** Tidies up; if that fails too, the first failure keeps precedence. An interrupt is there again afterwards. */
    public static void after(Throwable failure, Work work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
