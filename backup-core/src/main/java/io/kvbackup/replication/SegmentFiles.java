package io.kvbackup.replication;

import io.kvbackup.disk.PrivateFiles;
import io.kvbackup.disk.TemporaryFolder;
import io.kvbackup.format.log.SegmentHeader;
import io.kvbackup.format.log.SegmentKey;
import io.kvbackup.format.log.SegmentMerge;
import io.kvbackup.format.log.SegmentReader;
import io.kvbackup.format.log.SegmentWriter;
import io.kvbackup.repository.LeaseTime;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Where segments lie on this machine. Safe for use by several threads. */
final class SegmentFiles {
    private final TemporaryFolder folder;
    private final SecureRandom random;
    private final AtomicLong count = new AtomicLong();

    SegmentFiles(TemporaryFolder folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
    }

    /** A file that does not exist yet. */
    Path next() {
        return folder.resolve("segment-" + count.incrementAndGet());
    }

    /**
     * Begins a segment.
     *
     * @param from where the former one ends
     * @param before time of the last commit up to there
     * @param since none of its commits will be older
     */
    OpenSegment open(Line line, long from, Instant before, LeaseTime.Moment since) throws IOException {
        Path file = next();
        OutputStream body = new BufferedOutputStream(PrivateFiles.newFile(file), 1 << 16);
        SegmentWriter writer = new SegmentWriter(body, line.id(), from, before.toEpochMilli(), line.segmentKey(random));
        return new OpenSegment(line, file, body, writer, since);
    }

    /** Puts segments together that follow each other. */
    SpooledSegment merge(List<SpooledSegment> parts) throws IOException {
        SpooledSegment first = parts.get(0);
        SegmentKey key = first.line().segmentKey(random);
        Path file = next();
        try (OutputStream body = new BufferedOutputStream(PrivateFiles.newFile(file), 1 << 16);
                SegmentMerge merge =
                        new SegmentMerge(body, first.line().id(), first.header().span(), key)) {
            for (SpooledSegment part : parts) {
                try (InputStream in = part.open();
                        SegmentReader reader = new SegmentReader(
                                in, part.line().id(), part.header().span(), key, part.toString())) {
                    merge.add(part.header().span(), reader);
                }
            }
            SegmentHeader header = merge.finish();
            body.flush();
            return new SpooledSegment(first.line(), file, header, Files.size(file), first.since(), parts);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }
}
