package io.kvbackup.format;

import io.kvbackup.pipeline.DamageBoundary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * JSON in the wire format of the FuckBase project. Sets whose keys are text and whose values are JSON look as they do there;
 * any other set says so in an extra {@code encoding} field, with binary content in base64.
 */
final class JsonArchiveFormat implements ArchiveFormat {
    @Override
    public String name() {
        return "json";
    }

    @Override
    public ArchiveWriter writer(OutputStream out, ArchiveShape shape) throws IOException {
        return new OrderedArchiveWriter(shape, new JsonArchiveWriter(out, shape));
    }

    @Override
    public ArchiveShape read(InputStream in, Fidelity fidelity, ArchiveVisitor to) throws IOException {
        DamageBoundary boundary = new DamageBoundary();
        try {
            JsonTokens tokens = new JsonTokens(boundary.watch(in), fidelity);
            return new MapArchiveReader(tokens, new CheckedArchiveVisitor(to, boundary)).read();
        } catch (IOException | RuntimeException e) {
            throw boundary.translate("JSON archive", e);
        }
    }
}
