package io.kvbackup.storage.check;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/** Amounts and times: content that takes many parts, how fast it moves, and whose clock is right. */
final class TrafficProbes {
    private static final int BLOCK = 1 << 20;
    /** Several parts of any client. */
    private static final int BLOCKS = 24;
    /** A slow link sends less than all blocks. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    private static final long SLOW = 100_000;
    private static final Duration SKEW = Duration.ofMinutes(1);

    private TrafficProbes() {}

    static String largeObject(CheckContext context) throws IOException, CheckFailure {
        MessageDigest sent = sha256();
        long[] size = new long[1];
        long start = context.nanoTime();
        StorageObject object = context.store()
                .upload(
                        "large",
                        out -> {
                            while (size[0] < (long) BLOCKS * BLOCK
                                    && (size[0] == 0 || context.nanoTime() - start < LONG_ENOUGH.toNanos())) {
                                byte[] block = context.randomBytes(BLOCK);
                                sent.update(block);
                                out.write(block);
                                size[0] += BLOCK;
                            }
                        },
                        PutCondition.none());
        long uploaded = context.nanoTime();
        CheckFailure.require(object.size() == size[0], "of " + size[0] + " bytes the store has kept " + object.size());
        MessageDigest received = sha256();
        long read = readFor(context, object, received);
        context.rates(rate(size[0], uploaded - start), rate(read, context.nanoTime() - uploaded));
        if (read == size[0]) {
            CheckFailure.require(Arrays.equals(sent.digest(), received.digest()), "the content has changed");
            return size[0] / BLOCK + " MiB";
        }
        return size[0] / BLOCK + " MiB, of which " + read / BLOCK + " MiB were read in time";
    }

    private static long readFor(CheckContext context, StorageObject object, MessageDigest received) throws IOException {
        long start = context.nanoTime();
        long read = 0;
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = context.store().download(object, ByteRange.all())) {
            int count = in.read(buffer);
            while (count >= 0) {
                received.update(buffer, 0, count);
                read += count;
                if (context.nanoTime() - start > 2 * LONG_ENOUGH.toNanos()) {
                    break;
                }
                count = in.read(buffer);
            }
        }
        return read;
    }

    private static long rate(long bytes, long nanos) {
        return (long) ((double) bytes * 1e9 / (double) Math.max(1, nanos));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    static String throughput(CheckContext context) throws CheckFailure {
        long up = context.uploadRate().orElse(0);
        long down = context.downloadRate().orElse(0);
        String observed = String.format(
                Locale.ROOT, "%.1f MB/s up, %.1f MB/s down, one stream", (double) up / 1e6, (double) down / 1e6);
        if (up < SLOW || down < SLOW) {
            throw CheckFailure.warning(observed);
        }
        return observed;
    }

    static String clock(CheckContext context) throws IOException, CheckFailure {
        Instant before = context.clock().instant();
        StorageObject object = context.put("clock", new byte[] {1});
        Instant after = context.clock().instant();
        Instant told = context.store().stat("clock").orElse(object).lastModified();
        if (told.equals(Instant.EPOCH)) {
            throw CheckFailure.warning("the store does not say when an object was written");
        }
        Duration skew =
                Duration.between(before.plus(Duration.between(before, after).dividedBy(2)), told);
        String observed = String.format(
                Locale.ROOT,
                "%.1f s %s",
                (double) skew.abs().toMillis() / 1000,
                skew.isNegative() ? "behind ours" : "ahead of ours");
        if (skew.abs().compareTo(SKEW) > 0) {
            throw CheckFailure.warning(observed);
        }
        return observed;
    }
}
