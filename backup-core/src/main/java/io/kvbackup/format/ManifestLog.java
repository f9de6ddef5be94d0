package io.kvbackup.format;

import java.util.Objects;

/**
 * Where a backup stands in a change log, so that a restore can go on from it.
 *
 * @param history whose positions these are
 * @param timeline in whose segments the commits lie that come after
 * @param position commits after it may be missing in the backup, all up to it are there
 * @param consistentAt once all commits up to this position are replayed, the content is that of one moment; the same as
 *     {@code position} if the backup is of one moment as it is
 */
public record ManifestLog(String history, String timeline, long position, long consistentAt) {
    public ManifestLog {
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(timeline, "timeline");
        if (Long.compareUnsigned(position, consistentAt) > 0) {
            throw new IllegalArgumentException("a backup that is consistent at position "
                    + Long.toUnsignedString(consistentAt) + ", before " + Long.toUnsignedString(position));
        }
    }
}
