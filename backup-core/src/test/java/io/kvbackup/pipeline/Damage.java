package io.kvbackup.pipeline;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes the way disks, networks and people do. */
public final class Damage {
    private Damage() {}

    /** A damaged copy: a flipped bit, a cut, or a block that is duplicated, swapped, zeroed or dropped. */
    public static byte[] apply(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        int block = 1 + random.nextInt(Math.max(1, Math.min(512, bytes.length / 3)));
        int a = random.nextInt(bytes.length - block + 1);
        int b = random.nextInt(bytes.length - block + 1);
        switch (random.nextInt(6)) {
            case 0 -> bytes[a] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, a);
            case 2 -> bytes = splice(whole, a + block, a, whole.length);
            case 3 -> {
                System.arraycopy(whole, a, bytes, b, block);
                System.arraycopy(whole, b, bytes, a, block);
            }
            case 4 -> Arrays.fill(bytes, a, a + block, (byte) 0);
            default -> bytes = splice(whole, a, a + block, whole.length);
        }
        return bytes;
    }

    private static byte[] splice(byte[] whole, int headEnd, int tailStart, int tailEnd) {
        byte[] bytes = Arrays.copyOf(whole, headEnd + tailEnd - tailStart);
        System.arraycopy(whole, tailStart, bytes, headEnd, tailEnd - tailStart);
        return bytes;
    }
}
