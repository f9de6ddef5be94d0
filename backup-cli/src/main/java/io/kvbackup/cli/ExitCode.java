package io.kvbackup.cli;

import io.kvbackup.model.CorruptBackupException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine.ParameterException;

/** What the tool returns to the shell; docs/cli.md promises these numbers. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int DAMAGE = 3;
    static final int NOT_FOUND = 4;

    private ExitCode() {}

    static int of(Throwable failure) {
        if (failure instanceof CorruptBackupException) {
            return DAMAGE;
        } else if (failure instanceof NoSuchFileException) {
            return NOT_FOUND;
        }
        return failure instanceof ParameterException || failure instanceof IllegalArgumentException ? USAGE : FAILED;
    }
}
