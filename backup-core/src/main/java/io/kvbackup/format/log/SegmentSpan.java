package io.kvbackup.format.log;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which part of a timeline's log a segment holds. Its name tells it:
 * {@code <from>-<to>-<minTime>-<maxTime>.seg}, positions in 16 hex digits, times in 13 decimal ones.
 *
 * @param from no commit up to this position is in it
 * @param to all commits after {@code from} up to this position are in it; positions are unsigned
 * @param minTime of the last commit up to {@code from}, in milliseconds since 1970, so no commit in it is earlier
 * @param maxTime of the last commit up to {@code to}
 */
public record SegmentSpan(long from, long to, long minTime, long maxTime) {
    public static final String SUFFIX = ".seg";

    /** 13 digits end in the year 2286. */
    private static final long MOST_MILLIS = 9_999_999_999_999L;

    private static final Pattern FORM = Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})-([0-9]{13})-([0-9]{13})\\.seg");

    public SegmentSpan {
        if (Long.compareUnsigned(from, to) >= 0 || minTime < 0 || minTime > maxTime || maxTime > MOST_MILLIS) {
            throw new IllegalArgumentException("no segment has the positions " + Long.toUnsignedString(from) + " to "
                    + Long.toUnsignedString(to) + " and the times " + minTime + " to " + maxTime);
        }
    }

    /** The last part of its object's name. */
    public String fileName() {
        return String.format(
                Locale.ROOT,
                "%s-%s-%013d-%013d%s",
                HexFormat.of().toHexDigits(from),
                HexFormat.of().toHexDigits(to),
                minTime,
                maxTime,
                SUFFIX);
    }

    /** Reads what {@link #fileName} gives; empty if it is something else. */
    public static Optional<SegmentSpan> parse(String fileName) {
        Matcher name = FORM.matcher(fileName);
        try {
            return name.matches()
                    ? Optional.of(new SegmentSpan(
                            Long.parseUnsignedLong(name.group(1), 16),
                            Long.parseUnsignedLong(name.group(2), 16),
                            Long.parseLong(name.group(3)),
                            Long.parseLong(name.group(4))))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a position is one of a commit that can be in it. */
    public boolean holds(long position) {
        return Long.compareUnsigned(from, position) < 0 && Long.compareUnsigned(position, to) <= 0;
    }

    /** Whether all that the other holds is in this one too. */
    public boolean covers(SegmentSpan other) {
        return Long.compareUnsigned(from, other.from) <= 0 && Long.compareUnsigned(other.to, to) <= 0;
    }
}
