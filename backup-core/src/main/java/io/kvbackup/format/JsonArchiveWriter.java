package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.AuthBackup;
import io.kvbackup.model.BackupMetadata;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.io.OutputStream;

/** Writes JSON without layout; relies on calls in the right order. */
final class JsonArchiveWriter implements ArchiveWriter {
    private final JsonOutput json;
    private final boolean full;
    private final int largestArray;
    private String database = "";
    private boolean firstDatabase = true;
    private boolean firstSet = true;

    JsonArchiveWriter(OutputStream out, ArchiveShape shape, int largestArray) throws IOException {
        this.largestArray = largestArray;
        this.json = new JsonOutput(out);
        this.full = shape == ArchiveShape.FULL;
        if (full) {
            json.raw("{\"databases\":{");
        }
    }

    @Override
    public void beginDatabase(String name) throws IOException {
        if (full) {
            json.raw(firstDatabase ? "" : ",").string(name).raw(":");
        }
        json.raw("{\"name\":").string(name).raw(",\"sets\":{");
        database = name;
        firstDatabase = false;
        firstSet = true;
    }

    @Override
    public EntryVisitor beginSet(SetBackup header) throws IOException {
        json.raw(firstSet ? "" : ",").string(header.name()).raw(":{\"name\":").string(header.name());
        if (header.keys() != Encoding.TEXT || header.values() != Encoding.JSON) {
            json.raw(",\"encoding\":").raw(HeaderTree.encoding(header).toString());
        }
        json.raw(",\"data\":{");
        firstSet = false;
        return new JsonEntryWriter(json, database, header, largestArray);
    }

    @Override
    public void endSet() throws IOException {
        json.raw("}}");
    }

    @Override
    public void endDatabase(DatabaseBackup header) throws IOException {
        json.raw("},\"indexes\":").raw(HeaderTree.indexes(header.indexes()).toString());
        AuthBackup auth = header.auth();
        if (auth != null) {
            json.raw(",\"auth\":").raw(HeaderTree.auth(auth).toString());
        }
        json.raw("}");
    }

    @Override
    public void metadata(BackupMetadata metadata) throws IOException {
        json.raw("},\"metadata\":")
                .raw(HeaderTree.metadata(metadata).toString())
                .raw("}");
    }

    @Override
    public void finish() throws IOException {
        json.flush();
    }
}
