package io.kvbackup.s3;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the parts of one upload. Those of the first size are in memory, if they are not too large for that, and use the
 * arrays of parts that were sent before; all others are temporary files. So memory does not depend on the object's
 * size.
 */
final class PartPool {
    /** Largest part that is held in memory, in bytes. */
    static final long MAX_HEAP_PART = 16L << 20;

    private static final int INITIAL_ARRAY = 16 * 1024;

    private final long firstSize;
    private final Path directory;
    private final Queue<byte[]> free = new ConcurrentLinkedQueue<>();
    private final AtomicInteger arrays = new AtomicInteger();
    private volatile boolean spilling;

    PartPool(long firstSize, Path directory) {
        this.firstSize = firstSize;
        this.directory = directory;
    }

    /** An empty part with that number, counted from 1. */
    Part take(int number) throws IOException {
        long size = PartSizes.size(firstSize, number);
        if (size > firstSize || size > MAX_HEAP_PART) {
            spilling = true;
            free.clear();
            return new FilePart(directory, size);
        }
        return new HeapPart(array(number, (int) size), (int) size, this::giveBack);
    }

    private byte[] array(int number, int size) {
        byte[] used = free.poll();
        if (used != null) {
            return used;
        }
        arrays.incrementAndGet();
        return new byte[number == 1 ? Math.min(size, INITIAL_ARRAY) : size];
    }

    private void giveBack(byte[] array) {
        if (array.length == firstSize && !spilling) {
            free.add(array);
        }
    }

    /** How many arrays were made. */
    int arrays() {
        return arrays.get();
    }
}
