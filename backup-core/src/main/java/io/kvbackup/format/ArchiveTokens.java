package io.kvbackup.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.model.SetBackup;
import java.io.IOException;

/** The pieces of a map-shaped archive, one after the other. What does not fit is {@link CorruptBackupException}. */
interface ArchiveTokens {
    /** Takes one field; must take its value. */
    interface FieldVisitor {
        void field(String name) throws IOException;
    }

    /** Takes a map. */
    void map(FieldVisitor fields) throws IOException;

    /** Takes the value if it is null. */
    boolean takeNull() throws IOException;

    /** Takes a string. */
    String text() throws IOException;

    /** Takes any value that is small enough to be held. */
    JsonNode tree() throws IOException;

    /** Takes any value and forgets it. */
    void skip() throws IOException;

    /** Takes all entries of a set. */
    void entries(SetBackup set, EntryVisitor to) throws IOException;

    /** Makes sure that nothing follows. */
    void end() throws IOException;

    /** An exception that says where. */
    CorruptBackupException damaged(String complaint);
}
