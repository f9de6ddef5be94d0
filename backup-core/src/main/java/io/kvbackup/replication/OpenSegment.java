package io.kvbackup.replication;

import io.kvbackup.database.KeyRange;
import io.kvbackup.format.log.SegmentHeader;
import io.kvbackup.format.log.SegmentWriter;
import io.kvbackup.repository.LeaseTime;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The segment that is being written, in a file. Used by one thread. */
final class OpenSegment {
    private final Line line;
    private final Path file;
    private final OutputStream body;
    private final SegmentWriter writer;
    private LeaseTime.Moment since;

    OpenSegment(Line line, Path file, OutputStream body, SegmentWriter writer, LeaseTime.Moment since) {
        this.line = line;
        this.file = file;
        this.body = body;
        this.writer = writer;
        this.since = since;
    }

    void put(String set, byte[] key, byte[] value) {
        writer.put(set, key, value);
    }

    void delete(String set, byte[] key) {
        writer.delete(set, key);
    }

    void deleteRange(String set, KeyRange keys) {
        writer.deleteRange(set, keys);
    }

    /**
     * Ends a commit.
     *
     * @param time that it is given
     * @param told by the log, which may know better how old it is
     */
    void commit(long position, Instant time, Instant told) throws IOException {
        writer.commit(position, time);
        if (told.isBefore(since.wall())) {
            since = new LeaseTime.Moment(since.nanos(), told);
        }
    }

    /** None of its commits is older. */
    LeaseTime.Moment since() {
        return since;
    }

    long bytes() {
        return writer.bytes();
    }

    /**
     * Completes it.
     *
     * @param to up to this position there is nothing else
     * @param proof of the commit there
     */
    SpooledSegment finish(long to, byte[] proof) throws IOException {
        try (body;
                writer) {
            if (writer.position() != to) {
                writer.advance(to, Instant.ofEpochMilli(writer.time()));
            }
            SegmentHeader header = writer.finish(proof);
            body.flush();
            return new SpooledSegment(line, file, header, Files.size(file), since, List.of());
        }
    }

    void abandon() throws IOException {
        try (body;
                writer) {
            Files.deleteIfExists(file);
        }
    }
}
