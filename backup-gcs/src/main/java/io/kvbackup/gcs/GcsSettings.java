package io.kvbackup.gcs;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How objects are written and requests are bounded.
 *
 * @param chunkSize of an upload, in bytes: so much is held in memory
 * @param kmsKey resource name of the key that encrypts new objects; null for the bucket's own default
 * @param attemptTimeout for one attempt of a request
 * @param callTimeout for a request with all its attempts, however many
 * @param firstPause before the second attempt; those after the next ones are longer
 */
record GcsSettings(
        int chunkSize,
        @Nullable String storageClass,
        @Nullable String kmsKey,
        Duration attemptTimeout,
        Duration callTimeout,
        Duration firstPause) {
    /** All chunks but the last of a resumable upload have to be multiples of this. */
    static final int GRANULARITY = 256 * 1024;

    static final int MAX_CHUNK = 256 << 20;

    static final Duration MAX_PAUSE = Duration.ofSeconds(20);

    private static final List<String> STORAGE_CLASSES = List.of("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE");
    private static final Pattern KMS_KEY =
            Pattern.compile("projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+");

    static final GcsSettings DEFAULTS =
            new GcsSettings(8 << 20, null, null, Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMillis(500));

    GcsSettings {
        if (chunkSize < GRANULARITY || chunkSize > MAX_CHUNK || chunkSize % GRANULARITY != 0) {
            throw new IllegalArgumentException("chunkSize is " + chunkSize
                    + " bytes; it must be a multiple of 256 KiB from 256 KiB to 256 MiB, such as 8MiB");
        }
        if (storageClass != null && !STORAGE_CLASSES.contains(storageClass)) {
            throw new IllegalArgumentException(
                    "storageClass is '" + storageClass + "'; it must be one of " + String.join(", ", STORAGE_CLASSES));
        }
        if (kmsKey != null && !KMS_KEY.matcher(kmsKey).matches()) {
            throw new IllegalArgumentException(
                    "kmsKey is '" + kmsKey + "'; it must look like projects/P/locations/L/keyRings/R/cryptoKeys/K");
        }
        if (attemptTimeout.toMillis() < 1 || attemptTimeout.compareTo(callTimeout) > 0) {
            throw new IllegalArgumentException("attemptTimeout is " + attemptTimeout + " and callTimeout is "
                    + callTimeout + "; the first must be positive and not longer than the second");
        }
        if (firstPause.isNegative()) {
            throw new IllegalArgumentException("firstPause is " + firstPause + "; it must not be negative");
        }
    }

    /** The attempt's deadline as the transport wants it, in milliseconds. */
    int attemptMillis() {
        return (int) Math.min(Integer.MAX_VALUE, attemptTimeout.toMillis());
    }
}
