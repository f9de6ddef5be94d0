package io.kvbackup.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The pieces of a CBOR archive. */
final class CborTokens implements ArchiveTokens {
    private final JsonParser in;
    private final RoomMeter room;
    private @Nullable JsonToken ahead;

    CborTokens(JsonParser in, RoomMeter room) {
        this.in = in;
        this.room = room;
    }

    private @Nullable JsonToken next() throws IOException {
        JsonToken token = ahead == null ? in.nextToken() : ahead;
        ahead = null;
        return token;
    }

    private void take(JsonToken expected) throws IOException {
        JsonToken token = next();
        if (token != expected) {
            throw damaged("expected " + expected + ", found " + (token == null ? "the end" : token));
        }
    }

    @Override
    public void map(FieldVisitor fields) throws IOException {
        take(JsonToken.START_OBJECT);
        JsonToken token = next();
        while (token == JsonToken.FIELD_NAME) {
            fields.field(in.currentName());
            token = next();
        }
        ahead = token;
        take(JsonToken.END_OBJECT);
    }

    @Override
    public boolean takeNull() throws IOException {
        ahead = next();
        boolean isNull = ahead == JsonToken.VALUE_NULL;
        if (isNull) {
            ahead = null;
        }
        return isNull;
    }

    @Override
    public String text() throws IOException {
        take(JsonToken.VALUE_STRING);
        return in.getText();
    }

    @Override
    public JsonNode tree() throws IOException {
        if (next() == null) {
            throw damaged("expected a value, found the end");
        }
        JsonNode tree = room.tree(in::readValueAsTree);
        return tree;
    }

    @Override
    public void skip() throws IOException {
        room.skipping(true);
        next();
        in.skipChildren();
        room.skipping(false);
    }

    @Override
    public void entries(SetBackup set, EntryVisitor to) throws IOException {
        take(JsonToken.START_ARRAY);
        JsonToken token = next();
        while (token == JsonToken.VALUE_EMBEDDED_OBJECT) {
            byte[] key = in.getBinaryValue();
            take(JsonToken.VALUE_EMBEDDED_OBJECT);
            to.visit(key, in.getBinaryValue());
            token = next();
        }
        ahead = token;
        take(JsonToken.END_ARRAY);
    }

    @Override
    public void end() throws IOException {
        if (next() != null) {
            throw damaged("more follows after the end of the archive");
        }
    }

    @Override
    public CorruptBackupException damaged(String complaint) {
        return new CorruptBackupException(
                "CBOR archive: before byte " + in.currentLocation().getByteOffset() + ": " + complaint);
    }
}
