package io.kvbackup.storage.check;

import java.io.IOException;

/** How many requests are under way, so that one can wait for their end and let no new ones begin. */
final class RequestCount {
    /** One request. */
    interface Request<T> {
        T run() throws IOException;
    }

    private int count;
    private boolean closed;

    /** Carries a request out, unless no new ones may begin. */
    <T> T count(Request<T> request) throws IOException {
        enter();
        try {
            return request.run();
        } finally {
            leave();
        }
    }

    private synchronized void enter() throws IOException {
        if (closed) {
            throw new IOException("the check has ended");
        }
        count++;
    }

    private synchronized void leave() {
        count--;
        notifyAll();
    }

    /** Lets no new requests begin, and waits for those under way; returns whether all have ended. */
    synchronized boolean drain(long millis) throws InterruptedException {
        closed = true;
        long end = System.nanoTime() + millis * 1_000_000;
        while (count > 0) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
