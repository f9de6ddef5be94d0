package io.kvbackup.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/** What went wrong, on one line, in the words of the command line. */
final class Failures {
    /** The library speaks to Java programs. */
    private static final Map<String, String> WORDS = Map.of(
            "RestoreOptions.builder().allowUnencrypted(true)", "--allow-unencrypted",
            "RestoreOptions.builder().database(…), or use restoreAllDatabases", "--database, or leave it out for all",
            "set them with BackupManager.builder().encryption(…)", "give them with --password-file or --key-file",
            "BackupManager.builder().storage(…), the property kvbackup.storage or the variable KVBACKUP_STORAGE",
                    "-s STORE, the variable KVBACKUP_STORAGE, or kvbackup.storage in a --settings file",
            "If a store is to be made there, say so with BackupManager.builder().createStore(true)",
                    "'kvbackup backup' makes one",
            "builder.exclusiveWriter(true)", "--exclusive-writer");

    private Failures() {}

    static String oneLine(Throwable failure) {
        Throwable shown =
                failure instanceof UncheckedIOException && failure.getCause() != null ? failure.getCause() : failure;
        String message = message(shown);
        for (Map.Entry<String, String> words : WORDS.entrySet()) {
            message = message.replace(words.getKey(), words.getValue());
        }
        return message.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
    }

    private static String message(Throwable failure) {
        String text = failure.getMessage();
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return file.getFile() + " " + kind(file);
        } else if (text == null || isBug(failure)) {
            return "unexpected " + failure + "; set KVBACKUP_CLI_TRACE=1 to see where, and report it";
        }
        return text;
    }

    private static String kind(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "does not exist";
        } else if (failure instanceof FileAlreadyExistsException) {
            return "exists already; choose another place";
        }
        return failure instanceof AccessDeniedException ? "may not be read or written by this user" : "cannot be used";
    }

    private static boolean isBug(Throwable failure) {
        return failure instanceof NullPointerException
                || failure instanceof ClassCastException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof Error;
    }
}
