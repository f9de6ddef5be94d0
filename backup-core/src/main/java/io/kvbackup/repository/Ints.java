package io.kvbackup.repository;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** A list of numbers without objects. Used by one thread while it grows. */
public final class Ints {
    private static final int BLOCK = 1 << 12;

    private int[][] blocks = new int[1][];
    private int size;

    /** Says which of two comes first, as a comparator does. */
    @FunctionalInterface
    public interface Order {
        int compare(int a, int b);
    }

    public void add(int value) {
        int block = size / BLOCK;
        if (block == blocks.length) {
            blocks = Arrays.copyOf(blocks, 2 * block);
        }
        if (size % BLOCK == 0) {
            blocks[block] = new int[block == 0 ? 16 : BLOCK];
        }
        int at = size++ % BLOCK;
        if (at == blocks[block].length) {
            blocks[block] = Arrays.copyOf(blocks[block], Math.min(BLOCK, 4 * at));
        }
        blocks[block][at] = value;
    }

    public int get(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index + " of " + size);
        }
        return blocks[index / BLOCK][index % BLOCK];
    }

    void set(int index, int value) {
        blocks[index / BLOCK][index % BLOCK] = value;
    }

    public int size() {
        return size;
    }

    /** Those for which a condition holds, in the same order; this very list if they are all. */
    public Ints where(IntPredicate condition) {
        int first = 0;
        while (first < size && condition.test(get(first))) {
            first++;
        }
        if (first == size) {
            return this;
        }
        Ints found = new Ints();
        for (int i = 0; i < size; i++) {
            if (condition.test(get(i))) {
                found.add(get(i));
            }
        }
        return found;
    }

    /** Sorts; what is equal keeps its order. What is nearly sorted takes hardly any time. */
    public void sort(Order order) {
        if (size > 1) {
            sort(order, 0, size, new int[(size + 1) / 2]);
        }
    }

    private void sort(Order order, int from, int to, int[] left) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        sort(order, from, middle, left);
        sort(order, middle, to, left);
        if (order.compare(get(middle - 1), get(middle)) <= 0) {
            return;
        }
        for (int i = from; i < middle; i++) {
            left[i - from] = get(i);
        }
        int right = middle;
        int out = from;
        for (int i = 0; i < middle - from; ) {
            boolean fromRight = right < to && order.compare(get(right), left[i]) < 0;
            set(out++, fromRight ? get(right++) : left[i++]);
        }
    }
}
