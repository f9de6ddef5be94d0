package io.kvbackup.storage.check;

import java.io.IOException;

/** A store is not good enough for backups; says what {@link StorageCheck} has found. */
public final class UnfitStorageException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient StorageReport report;

    public UnfitStorageException(String message, StorageReport report) {
        super(message + System.lineSeparator() + report);
        this.report = report;
    }

    /** What was found. Not serialized: the message has it, too. */
    public StorageReport report() {
        return report;
    }
}
