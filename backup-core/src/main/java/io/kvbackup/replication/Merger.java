package io.kvbackup.replication;

import io.kvbackup.repository.LeaseTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts many small segments together to one that holds the same commits. Used by one thread. */
final class Merger {
    private static final Logger LOG = LoggerFactory.getLogger(Merger.class);

    static final Duration SPAN = Duration.ofMinutes(5);
    static final long BYTES = 32 << 20;

    private final Spool spool;
    private final SegmentFiles files;
    private final LeaseTime time;

    Merger(Spool spool, SegmentFiles files, LeaseTime time) {
        this.spool = spool;
        this.files = files;
        this.time = time;
    }

    /** Merges a run of segments if one is complete. */
    void step() {
        List<SpooledSegment> run = spool.toMerge(time.now(), SPAN, BYTES);
        if (run.size() < 2) {
            if (!run.isEmpty()) {
                spool.merged(run, null);
            }
            return;
        }
        try {
            spool.merged(run, files.merge(run));
        } catch (IOException | RuntimeException e) {
            LOG.warn("segments from {} on stay as small as they are: {}", run.get(0), e.toString());
            spool.merged(run, null);
        }
    }
}
