package io.kvbackup.s3;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.StorageClass;

/**
 * How objects are written and requests are bounded.
 *
 * @param partSize of the first parts of an upload, in bytes
 * @param concurrency how many parts of one upload are sent at the same time
 * @param compatibility whether to keep to what every S3-like store understands
 * @param sse {@code AES256} or {@code aws:kms}; null for the bucket's own default
 * @param attemptTimeout for one attempt of a request without a body
 * @param callTimeout for a request with all its attempts
 * @param copyThreshold largest object that is copied by one request, in bytes
 */
record S3Settings(
        long partSize,
        int concurrency,
        boolean compatibility,
        @Nullable String sse,
        @Nullable String kmsKeyId,
        @Nullable String storageClass,
        Duration attemptTimeout,
        Duration callTimeout,
        long copyThreshold) {
    static final String KMS = "aws:kms";

    /** Objects of these classes cannot be read until someone has restored them. */
    private static final List<String> UNREADABLE = List.of("GLACIER", "DEEP_ARCHIVE");

    private static final int MAX_CONCURRENCY = 256;

    /**
     * Four parts of 5 MiB under way and one being filled take as much memory as three of 8 MiB, and hide the latency of
     * a distant store four times as well as one.
     */
    static final S3Settings DEFAULTS = new S3Settings(
            PartSizes.MIN, 4, false, null, null, null, Duration.ofMinutes(1), Duration.ofMinutes(5), PartSizes.MAX);

    S3Settings {
        requireWithin("partSize", partSize, PartSizes.MIN, PartSizes.MAX, "bytes (5 MiB to 5 GiB)");
        requireWithin("concurrency", concurrency, 1, MAX_CONCURRENCY, "parts");
        requireWithin("copyThreshold", copyThreshold, PartSizes.MIN, PartSizes.MAX, "bytes (5 MiB to 5 GiB)");
        requireEncryption(sse, kmsKeyId);
        requireStorageClass(storageClass);
        requireTimeouts(attemptTimeout, callTimeout);
    }

    private static void requireWithin(String name, long value, long min, long max, String unit) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + " is " + value + "; it must be from " + min + " to " + max + " " + unit);
        }
    }

    private static void requireEncryption(@Nullable String sse, @Nullable String kmsKeyId) {
        if (sse != null && !sse.equals("AES256") && !sse.equals(KMS)) {
            throw new IllegalArgumentException("sse is '" + sse + "'; it must be AES256 or " + KMS);
        }
        if (kmsKeyId != null && (kmsKeyId.isBlank() || !KMS.equals(sse))) {
            throw new IllegalArgumentException(
                    "kmsKeyId is '" + kmsKeyId + "' and sse is '" + sse + "'; a key needs sse=" + KMS);
        }
    }

    private static void requireStorageClass(@Nullable String storageClass) {
        if (storageClass == null) {
            return;
        }
        TreeSet<String> known = new TreeSet<>();
        StorageClass.knownValues().forEach(value -> known.add(value.toString()));
        known.removeAll(UNREADABLE);
        if (!known.contains(storageClass)) {
            throw new IllegalArgumentException("storageClass is '" + storageClass
                    + "'; it must be one whose objects can be read at once: " + String.join(", ", known));
        }
    }

    private static void requireTimeouts(Duration attemptTimeout, Duration callTimeout) {
        if (attemptTimeout.isNegative() || attemptTimeout.isZero() || attemptTimeout.compareTo(callTimeout) > 0) {
            throw new IllegalArgumentException("attemptTimeout is " + attemptTimeout + " and callTimeout is "
                    + callTimeout + "; the first must be positive and not longer than the second");
        }
    }
}
