package io.kvbackup.copy;

import io.kvbackup.format.StreamDigest;
import io.kvbackup.model.Progress;
import io.kvbackup.model.ProgressListener;
import io.kvbackup.pipeline.MeasuredInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Counts the bytes of a copy, on the way there and back, and reports progress. Used by one thread. */
final class CopyMeter {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final int CHUNK = 64 * 1024;

    private final ProgressListener listener;
    private final LongSupplier nanoTime;
    private double total;
    private final long start;
    private long lastReport;
    private long passed;

    /** @param size of the archive, which passes twice: it is sent, and read back */
    CopyMeter(ProgressListener listener, LongSupplier nanoTime, long size) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.total = 2.0 * Math.max(1, size);
        this.start = nanoTime.getAsLong();
        this.lastReport = start;
    }

    /** More bytes will pass twice than those of the archive. */
    void expect(long size) {
        total += 2.0 * size;
    }

    /** Reads a stream to its end and closes it. */
    StreamDigest drain(InputStream in) throws IOException {
        return transfer(in, OutputStream.nullOutputStream());
    }

    /** Passes a stream on and closes it, but not where it goes. */
    StreamDigest transfer(InputStream from, OutputStream to) throws IOException {
        try (MeasuredInputStream in = new MeasuredInputStream(from)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                to.write(chunk, 0, count);
                passed += count;
                reportNowAndThen();
            }
            return new StreamDigest(in.count(), in.sha256());
        }
    }

    private void reportNowAndThen() {
        long now = nanoTime.getAsLong();
        if (now - lastReport >= INTERVAL.toNanos()) {
            lastReport = now;
            report(now, Math.min(1, passed / total));
        }
    }

    /** Reports the end. */
    void finish() {
        report(nanoTime.getAsLong(), 1);
    }

    private void report(long now, double fraction) {
        listener.onProgress(new Progress(0, passed, fraction, Duration.ofNanos(now - start)));
    }
}
