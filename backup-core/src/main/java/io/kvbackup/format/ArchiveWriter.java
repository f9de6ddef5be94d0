package io.kvbackup.format;

import java.io.IOException;

/** Writes an archive from the calls that it gets. Nothing is written at the end unless {@link #finish()} says so. */
public interface ArchiveWriter extends ArchiveVisitor {
    /** Completes the archive and flushes; does not close the underlying stream. */
    void finish() throws IOException;
}
