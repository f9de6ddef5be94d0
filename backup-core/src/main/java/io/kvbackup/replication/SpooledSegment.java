package io.kvbackup.replication;

import io.kvbackup.repository.LeaseTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A whole segment in a file, until every store has it that is to have it.
 *
 * @param line which it belongs to
 * @param name its object's, without the folder of the timeline
 * @param from commits after this position are in it
 * @param to up to this one
 * @param maxTime of its last commit
 * @param bytes of the file
 * @param since the poll before its first commit was seen: none of its commits is older
 * @param parts the segments that it was merged from; none if it was written commit by commit
 * @param waiting the stores that do not have it yet; guarded by the {@link Spool}
 */
record SpooledSegment(
        Line line,
        Path file,
        String name,
        long from,
        long to,
        Instant maxTime,
        long bytes,
        LeaseTime.Moment since,
        List<SpooledSegment> parts,
        Set<Object> waiting) {
    SpooledSegment(
            Line line,
            Path file,
            String name,
            long from,
            long to,
            Instant maxTime,
            long bytes,
            LeaseTime.Moment since,
            List<SpooledSegment> parts) {
        this(line, file, name, from, to, maxTime, bytes, since, List.copyOf(parts), new HashSet<>());
    }

    boolean isMerged() {
        return !parts.isEmpty();
    }

    /** The identity counts: no two are alike. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return line.timeline() + "/" + name;
    }
}
