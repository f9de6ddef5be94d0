package io.kvbackup.examples.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What one phase took.
 *
 * @param entries how many passed
 * @param bytes of their keys and values
 * @param stored bytes in the store, 0 if nothing is stored
 * @param nanos time
 * @param peakHeap the most that was in use, in bytes
 */
record Measurement(long entries, long bytes, long stored, long nanos, long peakHeap) {
    private static final String MARK = "MEASURED";

    /**
     * The most heap that this virtual machine has used so far; its pools have their peaks at different times, so rather
     * too high.
     */
    static long heapPeak() {
        long peaks = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        return Math.min(peaks, Runtime.getRuntime().maxMemory());
    }

    double megabytesPerSecond() {
        return bytes * 1e3 / nanos;
    }

    /** For another process to {@link #parse}. */
    String line() {
        return MARK + " " + entries + " " + bytes + " " + stored + " " + nanos + " " + peakHeap;
    }

    static Optional<Measurement> parse(String line) {
        if (!line.startsWith(MARK)) {
            return Optional.empty();
        }
        long[] numbers = Arrays.stream(line.split(" "))
                .skip(1)
                .mapToLong(Long::parseLong)
                .toArray();
        return Optional.of(new Measurement(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]));
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,12d entries %8.1f MB %7.2f s %8.1f MB/s %8.1f MB stored %6.0f MB heap",
                entries,
                bytes / 1e6,
                nanos / 1e9,
                megabytesPerSecond(),
                stored / 1e6,
                peakHeap / 1e6);
    }
}
