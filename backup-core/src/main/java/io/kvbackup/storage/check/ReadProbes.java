package io.kvbackup.storage.check;

import static io.kvbackup.storage.check.CheckFailure.require;

import io.kvbackup.storage.ByteRange;
import io.kvbackup.storage.PreconditionFailedException;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;

/** Reading parts and versions of objects. */
final class ReadProbes {
    private static final int SIZE = 1_000;
    private static final List<ByteRange> RANGES = List.of(
            ByteRange.of(0, 1),
            ByteRange.of(0, SIZE),
            ByteRange.of(10, 100),
            ByteRange.of(SIZE - 10, 10),
            ByteRange.of(SIZE - 10, 100),
            ByteRange.from(500),
            ByteRange.of(300, 0),
            ByteRange.from(SIZE),
            ByteRange.of(5 * SIZE, 1));

    private ReadProbes() {}

    static String ranges(CheckContext context) throws IOException, CheckFailure {
        byte[] content = context.randomBytes(SIZE);
        context.put("ranges", content);
        for (ByteRange range : RANGES) {
            int from = (int) Math.min(SIZE, range.offset());
            byte[] expected = Arrays.copyOfRange(content, from, from + (int) range.lengthWithin(SIZE));
            byte[] read = context.read("ranges", range);
            require(
                    Arrays.equals(read, expected),
                    "of " + SIZE + " bytes, those from " + range.offset() + ", "
                            + (range.isOpen() ? "all" : range.length()) + " of them, came as " + read.length
                            + (read.length == expected.length ? " others" : " instead of " + expected.length));
        }
        return RANGES.size() + " ranges, beyond the end too";
    }

    static String pinnedDownloads(CheckContext context) throws IOException, CheckFailure {
        StorageObject first = context.put("pinned", CheckContext.text("first"));
        StorageObject second = context.put("pinned", CheckContext.text("second"));
        require(!first.etag().equals(second.etag()), "two versions of an object have the same etag " + first.etag());
        require(isRefused(context, first), "a version that was replaced was asked for, and another one came");
        require(
                Arrays.equals(context.read(second), CheckContext.text("second")),
                "the current version was asked for, and another one came");
        context.store().delete(List.of("pinned"));
        require(isRefused(context, second), "a version that was deleted was asked for, and something came");
        return "refused once replaced or deleted";
    }

    private static boolean isRefused(CheckContext context, StorageObject version) throws IOException {
        try {
            context.read(version);
            return false;
        } catch (PreconditionFailedException | NoSuchFileException expected) {
            return true;
        }
    }
}
