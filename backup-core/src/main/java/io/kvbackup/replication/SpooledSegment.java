package io.kvbackup.replication;

import io.kvbackup.format.log.SegmentHeader;
import io.kvbackup.repository.LeaseTime;
import io.kvbackup.storage.ContentWriter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A whole segment, until every store has it that is to have it.
 *
 * @param line which it belongs to
 * @param file all of it but the header
 * @param header what it begins with
 * @param bodyBytes of the file
 * @param since none of its commits is older
 * @param parts the segments that it was merged from; none if it was written commit by commit
 * @param waiting the stores that do not have it yet; guarded by the {@link Spool}
 */
record SpooledSegment(
        Line line,
        Path file,
        SegmentHeader header,
        long bodyBytes,
        LeaseTime.Moment since,
        List<SpooledSegment> parts,
        Set<Object> waiting) {
    SpooledSegment(
            Line line,
            Path file,
            SegmentHeader header,
            long bodyBytes,
            LeaseTime.Moment since,
            List<SpooledSegment> parts) {
        this(line, file, header, bodyBytes, since, List.copyOf(parts), new HashSet<>());
    }

    /** Commits after this position are in it. */
    long from() {
        return header.span().from();
    }

    /** Up to this one. */
    long to() {
        return header.span().to();
    }

    /** Time of its last commit. */
    Instant maxTime() {
        return Instant.ofEpochMilli(header.span().maxTime());
    }

    long bytes() {
        return header.encode().length + bodyBytes;
    }

    /** What lies in the store. */
    ContentWriter content() {
        return ContentWriter.repeatable(out -> {
            out.write(header.encode());
            Files.copy(file, out);
        });
    }

    /** The same, to read. */
    InputStream open() throws IOException {
        return new SequenceInputStream(
                new ByteArrayInputStream(header.encode()),
                new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    /** Whether the other one is the next of the same timeline. */
    boolean isFollowedBy(SpooledSegment other) {
        return line.equals(other.line) && to() == other.from();
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
        return line.place() + "/" + header.span().fileName();
    }
}
