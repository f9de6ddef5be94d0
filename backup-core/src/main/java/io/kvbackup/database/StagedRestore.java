package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link DatabaseRestore} that is the same for every engine: each set at most once, keys in order, nothing
 * after a failure, one commit. An adapter says where entries go, how they are swapped in and how they are thrown away.
 *
 * <p>Used by one thread, like every restore.
 */
public abstract class StagedRestore implements DatabaseRestore {
    private final DatabaseBackup header;
    private final Set<String> asked = new HashSet<>();
    private @Nullable Stage current;
    private @Nullable Throwable failure;
    private boolean committed;
    private boolean closed;

    /** @param header what comes; {@link Database#beginRestore} has refused sets that the database cannot take */
    protected StagedRestore(DatabaseBackup header) {
        this.header = Objects.requireNonNull(header, "header");
    }

    /** What comes. */
    protected final DatabaseBackup header() {
        return header;
    }

    /**
     * Starts to stage a set.
     *
     * @return takes the entries, which are known to be in order; is not called again once the next set has started
     */
    protected abstract EntryVisitor stage(SetBackup set) throws IOException;

    /** What {@link #prepare} does. Called at most once, before {@link #commitStaged}, or not at all. */
    protected void prepareStaged() throws IOException {}

    /** Makes everything durable and swaps it in; sets that were never staged end up empty. Called at most once. */
    protected abstract void commitStaged() throws IOException;

    /** Releases what is held and removes what is staged and not needed any more. Called once, committed or not. */
    protected abstract void discard() throws IOException;

    @Override
    public final EntryVisitor set(String name) throws IOException {
        ensureUsable("take set " + name);
        SetBackup set = header.sets().get(name);
        if (set == null) {
            throw new IOException(place() + ": set " + name + " was not announced; the header names "
                    + header.sets().keySet());
        }
        if (!asked.add(name)) {
            throw new IOException(place() + ": set " + name + " comes a second time");
        }
        try {
            current = new Stage(name, stage(set));
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
        return current;
    }

    @Override
    public final void prepare() throws IOException {
        ensureUsable("prepare");
        current = null;
        try {
            prepareStaged();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public final void commit() throws IOException {
        ensureUsable("commit");
        current = null;
        committed = true;
        commitStaged();
    }

    @Override
    public final void close() throws IOException {
        if (!closed) {
            closed = true;
            current = null;
            discard();
        }
    }

    private void ensureUsable(String operation) throws IOException {
        if (failure != null) {
            throw new IOException(
                    place() + ": cannot " + operation + " after a failure; close it and start again", failure);
        }
        if (closed || committed) {
            throw new IOException(
                    place() + ": cannot " + operation + ", it is already " + (closed ? "closed" : "committed"));
        }
    }

    private String place() {
        return "restore of database " + header.name();
    }

    private final class Stage implements EntryVisitor {
        private final String set;
        private final EntryVisitor to;
        private byte @Nullable [] previous;

        private Stage(String set, EntryVisitor to) {
            this.set = set;
            this.to = to;
        }

        @Override
        public void visit(byte[] key, byte[] value) throws IOException {
            if (current != this) {
                throw new IOException(place() + ": set " + set + " has ended and takes no more entries");
            }
            if (failure != null) {
                ensureUsable("go on with set " + set);
            }
            try {
                if (previous != null && Arrays.compareUnsigned(previous, key) >= 0) {
                    throw new IOException(place() + ", set " + set + ": key " + KeyText.of(key) + " after key "
                            + KeyText.of(previous) + "; keys come in unsigned byte order, each once");
                }
                to.visit(key, value);
                previous = key;
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
                throw e;
            }
        }
    }
}
