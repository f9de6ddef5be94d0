package io.kvbackup.format;

import io.kvbackup.pipeline.DamageBoundary;
import java.io.IOException;
import java.io.InputStream;

/** What is the same in reading archives of all formats: who is to blame for a failure, and how much may be held. */
final class ArchiveReading {
    /** The format's own part. */
    interface Parser {
        ArchiveShape parse(InputStream in, CheckedArchiveVisitor to, RoomMeter room) throws IOException;
    }

    private ArchiveReading() {}

    /** @param place what is read, for messages */
    static ArchiveShape run(String place, InputStream in, Room room, ArchiveVisitor to, Parser parser)
            throws IOException {
        DamageBoundary boundary = new DamageBoundary();
        RoomMeter meter = new RoomMeter(room, place);
        try {
            return parser.parse(boundary.watch(meter.watch(in)), new CheckedArchiveVisitor(to, boundary, meter), meter);
        } catch (TooLargeException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            throw meter.tooLarge("it takes more memory than there is", e);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw boundary.translate(place, e);
        }
    }
}
