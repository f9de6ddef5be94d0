package io.kvbackup.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/** How entries are written one after the other. */
enum EntryFormat {
    /** A JSON object on each line. */
    JSONL,
    /** A sequence of CBOR maps, with bytes as bytes. */
    CBOR,
    /** The bytes of the values, one after the other. */
    RAW;

    /** Writes entries; closing it leaves the stream open. */
    interface Writer extends Closeable {
        void write(String database, SetBackup set, byte[] key, byte[] value) throws IOException;
    }

    Writer on(OutputStream out) throws IOException {
        if (this == RAW) {
            return new Writer() {
                @Override
                public void write(String database, SetBackup set, byte[] key, byte[] value) throws IOException {
                    out.write(value);
                }

                @Override
                public void close() {}
            };
        }
        JsonGenerator generator = (this == CBOR ? new CBORFactory() : new JsonFactory()).createGenerator(out);
        generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        generator.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
        return new Generated(generator, this == CBOR);
    }

    /** Entries as objects. */
    private record Generated(JsonGenerator generator, boolean bytes) implements Writer {
        @Override
        public void write(String database, SetBackup set, byte[] key, byte[] value) throws IOException {
            generator.writeStartObject();
            generator.writeStringField("database", database);
            generator.writeStringField("set", set.name());
            field("key", set.keys(), key);
            field("value", set.values(), value);
            generator.writeEndObject();
        }

        private void field(String name, Encoding encoding, byte[] content) throws IOException {
            String text = encoding == Encoding.BINARY ? null : Utf8.text(content);
            if (text == null) {
                generator.writeFieldName(bytes ? name : name + "_base64");
                generator.writeBinary(content);
                return;
            }
            generator.writeFieldName(name);
            if (encoding == Encoding.JSON && !bytes) {
                // Line breaks in JSON are blanks between its parts: within a text they are escaped.
                generator.writeRawValue(text.replace('\n', ' ').replace('\r', ' '));
            } else {
                generator.writeString(text);
            }
        }

        @Override
        public void close() throws IOException {
            if (!bytes && generator.getOutputTarget() instanceof OutputStream out) {
                generator.flush();
                if (generator.getOutputContext().getEntryCount() > 0) {
                    out.write('\n');
                }
            }
            generator.close();
        }
    }
}
