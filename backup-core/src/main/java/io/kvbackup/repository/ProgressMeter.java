package io.kvbackup.repository;

import io.kvbackup.model.Progress;
import io.kvbackup.model.ProgressListener;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/** Counts what passes and tells the listener now and then. Used by one thread. */
public final class ProgressMeter {
    private static final Duration INTERVAL = Duration.ofMillis(200);
    /** Looking at the time for every entry would cost more than counting it. */
    private static final int ENTRIES_BETWEEN_LOOKS = 1024;

    private static final int BYTES_BETWEEN_LOOKS = 1 << 20;

    private final ProgressListener listener;
    private final LongSupplier nanoTime;
    private final DoubleSupplier fraction;
    private final long start;
    private long lastReport;
    private long entries;
    private long bytes;
    private long entriesAtLook;
    private long bytesAtLook;

    /** @param fraction estimated share of the work that is done, negative if unknown */
    public ProgressMeter(ProgressListener listener, LongSupplier nanoTime, DoubleSupplier fraction) {
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.fraction = fraction;
        this.start = nanoTime.getAsLong();
        this.lastReport = start;
    }

    public void entry(long size) {
        entries(1, size);
    }

    /** Counts several at once. */
    public void entries(long more, long size) {
        entries += more;
        bytes += size;
        if (entries - entriesAtLook >= ENTRIES_BETWEEN_LOOKS || bytes - bytesAtLook >= BYTES_BETWEEN_LOOKS) {
            entriesAtLook = entries;
            bytesAtLook = bytes;
            long now = nanoTime.getAsLong();
            if (now - lastReport >= INTERVAL.toNanos()) {
                lastReport = now;
                report(now, Math.min(1, fraction.getAsDouble()));
            }
        }
    }

    public long entries() {
        return entries;
    }

    public void finish() {
        report(nanoTime.getAsLong(), 1);
    }

    private void report(long now, double done) {
        listener.onProgress(new Progress(entries, bytes, done, Duration.ofNanos(now - start)));
    }
}
