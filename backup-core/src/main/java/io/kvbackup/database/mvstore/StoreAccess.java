package io.kvbackup.database.mvstore;

import io.kvbackup.database.EntryVisitor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.store.fs.FilePath;

/** Calls into a store; what it throws comes out as {@link IOException} that says what was tried. */
final class StoreAccess {
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /** Ways in which H2 reaches files of the operating system. */
    private static final Pattern FILE_SYSTEMS = Pattern.compile("^((file|nio|nioMapped|async|retry|cipher|encrypt):)+");

    /** Of others, such as memFS; one letter is a drive. */
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z]{2,}:");

    /** On its way out past {@link #call}: what the visitor throws is not the store's. */
    private static final class VisitorFailure extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final RuntimeException failure;

        VisitorFailure(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private StoreAccess() {}

    /** A visitor whose own exceptions come out of {@link #call} as they are. */
    static EntryVisitor telling(EntryVisitor visitor) {
        return (key, value) -> {
            try {
                visitor.visit(key, value);
            } catch (RuntimeException e) {
                throw new VisitorFailure(e);
            }
        };
    }

    static <T> T call(MVStore store, String operation, Call<T> call) throws IOException {
        try {
            if (store.isClosed()) {
                throw new IOException("cannot " + operation
                        + ": the MVStore is closed; open it again and build the database description anew");
            }
            return call.run();
        } catch (VisitorFailure e) {
            throw e.failure;
        } catch (RuntimeException e) {
            throw new IOException(
                    "cannot " + operation + ": MVStore says: " + (e instanceof MVStoreException ? e.getMessage() : e),
                    e);
        }
    }

    static void run(MVStore store, String operation, Action action) throws IOException {
        call(store, operation, () -> {
            action.run();
            return true;
        });
    }

    /** The store's file; empty for one in memory, or in a file system of H2's own. */
    static Optional<Path> file(MVStore store) {
        return store.getFileStore() == null
                ? Optional.empty()
                : file(store.getFileStore().getFileName());
    }

    /** The file that H2 opens under a name, in which it understands {@code ~}, and takes backslashes for slashes. */
    static Optional<Path> file(String name) {
        String path = FILE_SYSTEMS.matcher(FilePath.get(name).toString()).replaceFirst("");
        return path.isEmpty() || SCHEME.matcher(path).lookingAt() ? Optional.empty() : Optional.of(Path.of(path));
    }

    /**
     * The name under which H2 opens a file of ours.
     *
     * @throws IOException if it would open another one
     */
    static String nameOf(Path file) throws IOException {
        String name = file.toAbsolutePath().toString();
        if (!file(name).equals(Optional.of(file.toAbsolutePath()))) {
            throw new IOException("MVStore cannot make a temporary file in "
                    + file.toAbsolutePath().getParent()
                    + ": it would take this for another name; choose a temporary folder whose name has letters"
                    + " and digits only");
        }
        return name;
    }

    /** Commits, and returns when the changes will outlive a loss of power. */
    static void commitDurably(MVStore store) {
        store.commit();
        store.sync();
    }

    /** An interrupt that is first noticed by the store's file channel closes the file under the host. */
    static void refuseInterrupt(String operation) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted: cannot " + operation);
        }
    }
}
