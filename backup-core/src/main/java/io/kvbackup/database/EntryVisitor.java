package io.kvbackup.database;

import java.io.IOException;

/** Takes entries one by one. */
@FunctionalInterface
public interface EntryVisitor {
    /**
     * Takes one entry. The arrays are the visitor's to keep; nobody changes them afterwards.
     *
     * @throws IOException to end the scan that pushes the entries
     */
    void visit(byte[] key, byte[] value) throws IOException;
}
