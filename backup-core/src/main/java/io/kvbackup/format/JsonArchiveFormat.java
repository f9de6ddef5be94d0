package io.kvbackup.format;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * JSON in the wire format of the FuckBase project. Sets whose keys are text and whose values are JSON look as they do
 * there; any other set says so in an extra {@code encoding} field, with binary content in base64.
 */
final class JsonArchiveFormat implements ArchiveFormat {
    private final int largestArray;

    JsonArchiveFormat() {
        this(Limits.ARRAY_BYTES);
    }

    /** @param largestArray how long arrays can be, for tests */
    JsonArchiveFormat(int largestArray) {
        this.largestArray = largestArray;
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public ArchiveWriter writer(OutputStream out, ArchiveShape shape) throws IOException {
        return new OrderedArchiveWriter(shape, new JsonArchiveWriter(out, shape, largestArray));
    }

    @Override
    public ArchiveShape read(InputStream in, Fidelity fidelity, Room room, ArchiveVisitor to) throws IOException {
        return ArchiveReading.run(
                "JSON archive",
                in,
                room,
                to,
                (watched, checked, meter) -> new MapArchiveReader(
                                new JsonTokens(new JsonWindow(watched, largestArray), fidelity, meter), checked)
                        .read());
    }
}
