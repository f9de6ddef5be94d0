package io.kvbackup.format.log;

import io.kvbackup.format.tree.BytesIn;
import io.kvbackup.format.tree.BytesOut;
import io.kvbackup.model.CorruptBackupException;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Names the log that one holder of a lease writes: 8 hex digits of the lease's token, a dash, 16 of a random number.
 *
 * @param token of the lease, below 2^32; a later holder has a greater one
 * @param random tells holders apart that have lost a lease without knowing it
 */
public record TimelineId(long token, long random) {
    /** Those of earlier holders first. */
    public static final Comparator<TimelineId> OLDEST_FIRST =
            Comparator.comparingLong(TimelineId::token).thenComparingLong(TimelineId::random);

    static final int BYTES = 16;
    private static final int TOKEN_DIGITS = 8;
    private static final String FORM = "[0-9a-f]{8}-[0-9a-f]{16}";

    public TimelineId {
        if (token < 0 || token >>> Integer.SIZE != 0) {
            throw new IllegalArgumentException("a timeline cannot be named after the lease's token " + token);
        }
    }

    /** A new one. */
    public static TimelineId random(long token, SecureRandom random) {
        return new TimelineId(token, random.nextLong());
    }

    /** Reads what {@link #toString} gives; empty if it is something else. */
    public static Optional<TimelineId> parse(String name) {
        return name.matches(FORM)
                ? Optional.of(new TimelineId(
                        Long.parseLong(name, 0, TOKEN_DIGITS, 16),
                        Long.parseUnsignedLong(name, TOKEN_DIGITS + 1, name.length(), 16)))
                : Optional.empty();
    }

    void write(BytesOut to) {
        to.int64(token).int64(random);
    }

    static TimelineId read(BytesIn from) throws CorruptBackupException {
        long token = from.int64("token of the timeline");
        if (token < 0 || token >>> Integer.SIZE != 0) {
            throw from.damaged("no timeline is named after the token " + token);
        }
        return new TimelineId(token, from.int64("timeline"));
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(token, TOKEN_DIGITS) + "-"
                + HexFormat.of().toHexDigits(random);
    }
}
