package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.io.OutputStream;

/** Writes CBOR; relies on calls in the right order. */
final class CborArchiveWriter implements ArchiveWriter {
    private final JsonGenerator cbor;
    private final OutputStream out;
    private final boolean full;

    CborArchiveWriter(JsonGenerator cbor, OutputStream out, ArchiveShape shape) throws IOException {
        this.cbor = cbor;
        this.out = out;
        this.full = shape == ArchiveShape.FULL;
        if (full) {
            cbor.writeStartObject();
            cbor.writeObjectFieldStart("databases");
        }
    }

    @Override
    public void beginDatabase(String name) throws IOException {
        if (full) {
            cbor.writeFieldName(name);
        }
        cbor.writeStartObject();
        cbor.writeStringField("name", name);
        cbor.writeObjectFieldStart("sets");
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        cbor.writeObjectFieldStart(header.name());
        cbor.writeStringField("name", header.name());
        cbor.writeFieldName("encoding");
        cbor.writeTree(HeaderTree.encoding(header));
        cbor.writeArrayFieldStart("data");
        return (key, value) -> {
            cbor.writeBinary(key);
            cbor.writeBinary(value);
        };
    }

    @Override
    public void endSet() throws IOException {
        cbor.writeEndArray();
        cbor.writeEndObject();
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        cbor.writeEndObject();
        cbor.writeFieldName("indexes");
        cbor.writeTree(HeaderTree.indexes(header.indexes()));
        AuthBackup auth = header.auth();
        if (auth != null) {
            cbor.writeFieldName("auth");
            cbor.writeTree(HeaderTree.auth(auth));
        }
        cbor.writeEndObject();
    }

    @Override
    public void metadata(BackupMetadata metadata) throws IOException {
        cbor.writeEndObject();
        cbor.writeFieldName("metadata");
        cbor.writeTree(HeaderTree.metadata(metadata));
        cbor.writeEndObject();
    }

    @Override
    public void finish() throws IOException {
        cbor.close();
        out.flush();
    }
}
