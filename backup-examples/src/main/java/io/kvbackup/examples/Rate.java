package io.kvbackup.examples;

import java.util.Locale;

/** Counts what passes between start and {@link #stop}, and says how fast that was. */
final class Rate {
    private final long start = System.nanoTime();
    private long entries;
    private long bytes;
    private double seconds;

    void add(byte[] key, byte[] value) {
        entries++;
        bytes += key.length + value.length;
    }

    void add(long moreEntries, long moreBytes) {
        entries += moreEntries;
        bytes += moreBytes;
    }

    Rate stop() {
        seconds = (System.nanoTime() - start) / 1e9;
        return this;
    }

    long entries() {
        return entries;
    }

    long bytes() {
        return bytes;
    }

    double seconds() {
        return seconds;
    }

    double megabytesPerSecond() {
        return bytes / 1e6 / seconds;
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d records, %s in %.2f s (%.0f MB/s)",
                entries,
                megabytes(bytes),
                seconds,
                megabytesPerSecond());
    }
}
