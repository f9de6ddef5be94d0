package io.kvbackup.database.sqlite;

import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;

/**
 * A table of key and value.
 *
 * @param key name of the column that is the primary key
 * @param keys TEXT or BINARY, as is the affinity of the column
 */
record Table(String name, String key, Encoding keys, String value, Encoding values) {
    SetBackup header() {
        return new SetBackup(name, keys, values);
    }

    String quotedName() {
        return quote(name);
    }

    String quotedKey() {
        return quote(key);
    }

    String quotedValue() {
        return quote(value);
    }

    /** What SQLite calls the storage class of values of an encoding. */
    static String storageClass(Encoding encoding) {
        return encoding == Encoding.TEXT ? "text" : "blob";
    }

    static String quote(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
