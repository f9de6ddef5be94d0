package io.kvbackup.storage.file;

import io.kvbackup.storage.PreconditionFailedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.Locale;

/** Says what went wrong with the file system in terms of keys, with a hint. */
final class FileFailures {
    private FileFailures() {}

    static IOException translate(String operation, Object place, IOException e) {
        if (e instanceof ClosedByInterruptException || e instanceof FileLockInterruptionException) {
            InterruptedIOException interrupted =
                    new InterruptedIOException(operation + " in " + place + " was interrupted");
            interrupted.initCause(e);
            return interrupted;
        }
        if (e instanceof PreconditionFailedException || e instanceof InterruptedIOException) {
            return e;
        }
        if (e instanceof AccessDeniedException denied) {
            AccessDeniedException told = new AccessDeniedException(
                    denied.getFile(), null, "cannot " + operation + " in " + place + "; give this user access to it");
            told.initCause(e);
            return told;
        }
        return new IOException("cannot " + operation + " in " + place + ": " + reason(e) + hint(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getReason() + " (" + file.getFile() + ")";
        }
        return e instanceof FileSystemException
                ? e.getClass().getSimpleName() + " " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    private static String hint(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("no space left") || message.contains("quota") || message.contains("not enough space")) {
            return "; free some space and try again; nothing was written";
        }
        if (message.contains("too large")) {
            return "; raise the limit on file sizes and try again; nothing was written";
        }
        if (message.contains("read-only")) {
            return "; mount the file system for writing";
        }
        if (message.contains("no locks available")) {
            return "; mount the file system with support for file locks";
        }
        return "";
    }
}
