package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.kvbackup.pipeline.DamageBoundary;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * CBOR (RFC 8949): the maps of the JSON archive, but the {@code data} of a set is an array of byte strings, key and value in
 * turn, whatever their encoding. The default: nothing is escaped, so it is as fast as memory.
 */
final class CborArchiveFormat implements ArchiveFormat {
    private static final CBORMapper CBOR = new CBORMapper(CBORFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(JsonScanner.MAX_DEPTH)
                    .build())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build());

    @Override
    public String name() {
        return "cbor";
    }

    @Override
    public ArchiveWriter writer(OutputStream out, ArchiveShape shape) throws IOException {
        return new OrderedArchiveWriter(shape, new CborArchiveWriter(CBOR.createGenerator(out), out, shape));
    }

    @Override
    public ArchiveShape read(InputStream in, Fidelity fidelity, ArchiveVisitor to) throws IOException {
        DamageBoundary boundary = new DamageBoundary();
        try (JsonParser parser = CBOR.createParser(boundary.watch(in))) {
            return new MapArchiveReader(new CborTokens(parser), new CheckedArchiveVisitor(to, boundary)).read();
        } catch (IOException | RuntimeException e) {
            throw boundary.translate("CBOR archive", e);
        }
    }
}
