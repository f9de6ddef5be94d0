package io.kvbackup.replication;

import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.TimelineId;
import io.kvbackup.repository.SealingKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A timeline of this process: the same in all stores.
 *
 * @param id its name
 * @param history whose positions it counts: that of the log, or, after a gap or a restore, one of its own, so that
 *     nobody takes positions of both sides for comparable
 * @param start its first segment begins after this position
 * @param startedAt no commit up to there is later
 * @param key encrypts its segments
 * @param place its folder in the store
 */
record Line(TimelineId id, String history, long start, Instant startedAt, Optional<SealingKey> key, String place) {
    String timeline() {
        return id.toString();
    }

    /** @param random makes salts */
    @Nullable
    SegmentKey segmentKey(SecureRandom random) {
        return key.map(sealing -> new SegmentKey(sealing.data(), place, random)).orElse(null);
    }

    /** There is only one of a name. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Line line && line.id.equals(id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
