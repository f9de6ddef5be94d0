package io.kvbackup.job;

import java.io.Closeable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of a manager's own: daemons, made on demand, gone after a minute without work. */
final class JobThreads implements Executor, Closeable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final ExecutorService pool;

    JobThreads(String prefix) {
        pool = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, prefix + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** What runs may end: jobs have been waited for or cancelled by then. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
