package io.kvbackup.database.directory;

import java.io.IOException;

/** A file is not what it was when the snapshot was opened. */
final class FileChangedException extends IOException {
    private static final long serialVersionUID = 1;

    FileChangedException(String message) {
        super(message);
    }
}
