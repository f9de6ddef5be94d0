package io.kvbackup.format;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;
import java.io.IOException;

/** Writes the entries of one set, and refuses those that are not what the set's encoding says. */
final class JsonEntryWriter implements EntryVisitor {
    private final JsonOutput json;
    private final String database;
    private final SetBackup set;
    private final JsonWindow window = new JsonWindow();
    private final JsonScanner scanner = new JsonScanner(window);
    private final int longest;
    private boolean first = true;

    /** @param largestArray how long an array can be that a reader needs */
    JsonEntryWriter(JsonOutput json, String database, SetBackup set, int largestArray) {
        this.longest = largestArray - Limits.JSON_WINDOW_BYTES;
        this.json = json;
        this.database = database;
        this.set = set;
    }

    @Override
    public void visit(byte[] key, byte[] value) throws IOException {
        // Everything is checked before anything is written.
        checkLength(set.keys(), key, key, "key");
        checkLength(set.values(), value, key, "value");
        checkText(set.keys(), key, key, "key");
        checkText(set.values(), value, key, "value");
        if (set.values() == Encoding.JSON) {
            checkJson(value, key);
        }
        if (!first) {
            json.raw(",");
        }
        first = false;
        write(set.keys(), key);
        json.raw(":");
        write(set.values(), value);
    }

    private void write(Encoding encoding, byte[] bytes) throws IOException {
        switch (encoding) {
            case TEXT -> json.string(bytes);
            case JSON -> json.raw(bytes);
            case BINARY -> json.base64(bytes);
        }
    }

    private void checkLength(Encoding encoding, byte[] bytes, byte[] key, String part) throws IOException {
        if (bytes.length > longest / JsonOutput.LONGEST_ESCAPE) {
            long written = encoding == Encoding.JSON ? bytes.length : JsonOutput.length(encoding, bytes);
            if (written > longest) {
                throw new IOException(place(key) + ": the " + part + " has " + bytes.length + " bytes, as JSON "
                        + written + ", and no reader can hold more than " + longest + "; use format cbor");
            }
        }
    }

    private void checkText(Encoding encoding, byte[] bytes, byte[] key, String part) throws IOException {
        int invalid = encoding == Encoding.TEXT ? Utf8.firstInvalid(bytes) : -1;
        if (invalid >= 0) {
            throw new IOException(place(key) + ": the " + part + " is not UTF-8 (at its byte " + invalid
                    + "); declare the set's " + part + "s BINARY, or use format cbor");
        }
    }

    private void checkJson(byte[] value, byte[] key) throws IOException {
        window.reset(value);
        try {
            scanner.skipValue();
            scanner.skipSpace();
            if (scanner.peek() != JsonWindow.END) {
                throw scanner.unexpected("the end");
            }
        } catch (CorruptBackupException e) {
            throw new IOException(
                    place(key) + ": the value is not one JSON value (at its byte " + scanner.offset()
                            + "); declare the set's values TEXT or BINARY, or use format cbor",
                    e);
        }
    }

    private String place(byte[] key) {
        return "writing a JSON archive: database '" + database + "', set '" + set.name() + "', key " + Keys.show(key);
    }
}
