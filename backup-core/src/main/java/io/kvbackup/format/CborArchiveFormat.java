package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * CBOR (RFC 8949): the maps of the JSON archive, but the {@code data} of a set is an array of byte strings, key and
 * value in turn, whatever their encoding. The default: nothing is escaped, so it is as fast as memory.
 */
final class CborArchiveFormat implements ArchiveFormat {
    /** Made when it is needed: data binding is half of what a listing would load. */
    private static final class Mapper {
        static final CBORMapper CBOR = new CBORMapper(CBORFactory.builder()
                .streamReadConstraints(Documents.ANY_STRING)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                .build());
    }

    @Override
    public String name() {
        return "cbor";
    }

    @Override
    public ArchiveWriter writer(OutputStream out, ArchiveShape shape) throws IOException {
        return new OrderedArchiveWriter(shape, new CborArchiveWriter(Mapper.CBOR.createGenerator(out), out, shape));
    }

    @Override
    public ArchiveShape read(InputStream in, Fidelity fidelity, Room room, ArchiveVisitor to) throws IOException {
        return ArchiveReading.run("CBOR archive", in, room, to, (watched, checked, meter) -> {
            try (JsonParser parser = Mapper.CBOR.createParser(watched)) {
                return new MapArchiveReader(new CborTokens(parser, meter), checked).read();
            }
        });
    }
}
