package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The pieces of a JSON archive. */
final class JsonTokens implements ArchiveTokens {
    /** Takes one field whose name may be a key of the user. */
    private interface KeyVisitor {
        void field(byte[] name) throws IOException;
    }

    private final JsonScanner in;
    private final RoomMeter room;
    private Fidelity fidelity;
    private boolean layoutDecided;

    JsonTokens(JsonWindow source, Fidelity fidelity, RoomMeter room) throws IOException {
        this.in = new JsonScanner(source);
        this.fidelity = fidelity;
        this.room = room;
        skipByteOrderMark();
    }

    // Editors on Windows put it there.
    private void skipByteOrderMark() throws IOException {
        int first = in.peek();
        if (first == 0xFE || first == 0xFF) {
            throw damaged("it is text in UTF-16; convert it to UTF-8");
        }
        if (in.takeIf('\u00EF')) {
            in.take('\u00BB');
            in.take('\u00BF');
        }
    }

    @Override
    public void map(FieldVisitor fields) throws IOException {
        fields(name -> fields.field(new String(name, StandardCharsets.UTF_8)));
    }

    private void fields(KeyVisitor fields) throws IOException {
        in.skipSpace();
        in.take('{');
        in.skipSpace();
        if (in.takeIf('}')) {
            return;
        }
        do {
            in.skipSpace();
            byte[] name = in.string();
            in.skipSpace();
            in.take(':');
            fields.field(name);
            in.skipSpace();
        } while (in.takeIf(','));
        in.take('}');
    }

    @Override
    public boolean takeNull() throws IOException {
        in.skipSpace();
        boolean isNull = in.peek() == 'n';
        if (isNull) {
            in.takeWord("null");
        }
        return isNull;
    }

    @Override
    public String text() throws IOException {
        in.skipSpace();
        return new String(in.string(), StandardCharsets.UTF_8);
    }

    @Override
    public JsonNode tree() throws IOException {
        byte[] document = in.compactValue();
        room.requireTree(document.length);
        return Documents.lenient(document, "JSON archive: the description before byte " + in.offset());
    }

    @Override
    public void skip() throws IOException {
        room.skipping(true);
        in.skipValue();
        room.skipping(false);
    }

    @Override
    public void entries(SetBackup set, EntryVisitor to) throws IOException {
        fields(name -> {
            byte[] key = set.keys() == Encoding.BINARY ? base64(name) : name;
            to.visit(key, value(set.values()));
        });
    }

    private byte[] value(Encoding encoding) throws IOException {
        if (encoding == Encoding.JSON) {
            decideLayout();
            return fidelity == Fidelity.VERBATIM ? in.valueWithSpace() : in.compactValue();
        }
        in.skipSpace();
        byte[] text = in.string();
        return encoding == Encoding.BINARY ? base64(text) : text;
    }

    // An archive without any white space up to its first value has none as layout: what comes later belongs to the
    // values.
    private void decideLayout() {
        if (!layoutDecided && !in.layoutSeen()) {
            fidelity = Fidelity.VERBATIM;
        }
        layoutDecided = true;
    }

    private byte[] base64(byte[] text) throws IOException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new CorruptBackupException(
                    "JSON archive: before byte " + in.offset() + " stands no base64: " + e.getMessage(), e);
        }
    }

    @Override
    public void end() throws IOException {
        in.skipSpace();
        if (in.peek() != JsonWindow.END) {
            throw in.unexpected("the end");
        }
    }

    @Override
    public CorruptBackupException damaged(String complaint) {
        return new CorruptBackupException("JSON archive: before byte " + in.offset() + ": " + complaint);
    }
}
