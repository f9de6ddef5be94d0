package io.kvbackup.s3;

/**
 * How large the parts of an upload of unknown length are: small at first, so that memory stays small, and doubling from
 * time to time, so that the 10,000 parts that S3 allows reach the 5 TiB that it allows.
 */
final class PartSizes {
    /** Limits of S3 for a part other than the last, in bytes. */
    static final long MIN = 5L << 20;

    static final long MAX = 5L << 30;

    /** Limit of S3 for the number of parts. */
    static final int MAX_PARTS = 10_000;

    /** Even from the smallest first part, twelve rounds are enough for 5 TiB. */
    private static final int PARTS_OF_ONE_SIZE = 900;

    private PartSizes() {}

    /** Bytes of the part with that number, counted from 1. */
    static long size(long first, int number) {
        if (number < 1 || number > MAX_PARTS) {
            throw new IllegalArgumentException("no part has number " + number);
        }
        return Math.min(MAX, first << ((number - 1) / PARTS_OF_ONE_SIZE));
    }
}
