package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.Chunker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.Executor;

/**
 * How trees are made.
 *
 * @param chunkSize of all trees; empty to go on with what there is, or choose by the size of the database
 * @param packBytes after which a pack ends
 * @param grace how old the remains of a backup that did not end may be to be taken over
 * @param fullScanEvery after which time a backup reads all sets, whatever is known of changes
 * @param random makes ids and salts
 * @param executor runs a task beside the scan and another that uploads
 */
public record TreeOptions(
        OptionalInt chunkSize,
        long packBytes,
        Duration grace,
        Duration fullScanEvery,
        SecureRandom random,
        Executor executor) {
    /** Bytes of a pack that is full. */
    public static final long PACK_BYTES = 64L << 20;

    /** For {@code fullScanEvery}, unless the host says otherwise. */
    public static final Duration FULL_SCAN_EVERY = Duration.ofDays(7);

    public TreeOptions {
        chunkSize.ifPresent(Chunker::requireSize);
    }

    /**
     * @return the same
     * @throws IllegalArgumentException if chunks cannot be of that size
     */
    public static int requireChunkSize(int bytes) {
        return Chunker.requireSize(bytes);
    }
}
