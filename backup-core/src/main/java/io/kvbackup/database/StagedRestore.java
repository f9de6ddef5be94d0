package io.kvbackup.database;

import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link DatabaseRestore} that is the same for every engine: each set at most once, keys in order,
 * nothing after a failure, one commit. An adapter says where entries go, how they are swapped in and how they are
 * thrown away.
 *
 * <p>Used by one thread, like every restore.
 */
public abstract class StagedRestore implements DatabaseRestore {
    private final DatabaseBackup header;
    private final KeyRange keys;
    private final boolean isPart;
    private final Map<String, Stage> asked = new HashMap<>();
    private @Nullable Stage current;
    private @Nullable Throwable failure;
    private boolean committed;
    private boolean closed;

    /** @param header what comes; {@link Database#beginRestore} has refused sets that the database cannot take */
    protected StagedRestore(DatabaseBackup header) {
        this(header, KeyRange.all());
    }

    /**
     * Of a {@linkplain Database#beginPartialRestore part}.
     *
     * @param keys entries with other keys are passed over, and are not counted as staged
     */
    protected StagedRestore(DatabaseBackup header, KeyRange keys) {
        this.header = Objects.requireNonNull(header, "header");
        this.keys = keys;
        this.isPart = !keys.equals(KeyRange.all());
    }

    /** Which keys are restored; those of the live database that are not among them stay as they are. */
    protected final KeyRange keys() {
        return keys;
    }

    /** Whether {@link #keys} are not all. */
    protected final boolean isPart() {
        return isPart;
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

    /** How many entries of a set have been staged; 0 if it was never asked for. */
    protected final long staged(String set) {
        Stage stage = asked.get(set);
        return stage == null ? 0 : stage.entries;
    }

    /**
     * Refuses to go on if an engine would show another number of entries than were staged. Called for each set before
     * the commit is final, while the old state can still be had.
     *
     * @param visible how many entries the set would have
     * @throws IOException if they are not those that were staged
     */
    protected final void requireAllStaged(String set, long visible) throws IOException {
        if (visible != staged(set)) {
            throw new IOException(place() + ", set " + set + ": " + staged(set) + " entries were staged, but " + visible
                    + " would be there: the database drops, merges or adds some by a rule of its own; look for such "
                    + "a rule (a constraint, a filter, a limit of size, keys that it takes for equal)");
        }
    }

    /**
     * Makes everything durable and swaps it in; sets that were never staged end up empty. If something else than what
     * was staged would be there, it throws and leaves the old state: see {@link #requireAllStaged}. Called at most
     * once.
     */
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
        if (asked.containsKey(name)) {
            throw new IOException(place() + ": set " + name + " comes a second time");
        }
        try {
            current = new Stage(name, stage(set));
            asked.put(name, current);
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
        private long entries;

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
                if (!isPart || keys.contains(key)) {
                    to.visit(key, value);
                    entries++;
                }
                previous = key;
            } catch (IOException | RuntimeException | Error e) {
                failure = e;
                throw e;
            }
        }
    }
}
