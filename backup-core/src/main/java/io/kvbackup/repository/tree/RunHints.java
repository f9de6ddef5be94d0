package io.kvbackup.repository.tree;

import io.kvbackup.database.DatabaseSnapshot;
import io.kvbackup.database.KeyRange;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.StorageClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out by the runs of snapshots what may have changed since the backup before, and keeps those whose stamps mean
 * nothing to another process. For one pass, used by one thread.
 */
final class RunHints {
    private static final Logger LOG = LoggerFactory.getLogger(RunHints.class);
    /** Of runs in memory. A set that has more is scanned. */
    private static final long MOST_HELD_BYTES = 8 << 20;

    private static final int OBJECT_BYTES = 100;

    private final StorageClient storage;
    private final Optional<StoredTree> parent;
    private final Executor executor;
    private final Map<String, List<StampedRun>> held = new HashMap<>();
    private long heldBytes;

    /** @param storage holds the packs of the parent */
    RunHints(StorageClient storage, Optional<StoredTree> parent, Executor executor) {
        this.storage = storage;
        this.parent = parent;
        this.executor = executor;
    }

    /**
     * Compares the runs of a set with those of the backup before.
     *
     * @param name of the set in footers
     * @param source what to call it in messages
     * @param note takes the runs, to be stored if they are lasting
     * @return empty if it is not known what changed
     */
    Optional<ChangedRanges> changed(
            DatabaseSnapshot.Runs now, String name, String source, DatabaseSnapshot.Runs.Visitor note)
            throws IOException {
        DatabaseSnapshot.Runs.Visitor noting = now.areLasting() ? note : holding(name);
        Optional<Old> old = now.areLasting() ? stored(name) : inMemory(name);
        if (old.isEmpty()) {
            now.read(noting);
            return Optional.empty();
        }
        try (Old before = old.get()) {
            RunChanges changes = new RunChanges(source, before::next);
            now.read((keys, stamp) -> {
                noting.visit(keys, stamp);
                changes.visit(keys, stamp);
            });
            ChangedRanges changed = changes.finish();
            return before.damage.isPresent() ? Optional.empty() : Optional.of(changed);
        }
    }

    /** Runs of sets whose stamps are not lasting. */
    Map<String, List<StampedRun>> held() {
        return held;
    }

    private DatabaseSnapshot.Runs.Visitor holding(String name) {
        List<StampedRun> runs = new ArrayList<>();
        held.put(name, runs);
        return (keys, stamp) -> {
            byte[] end = keys.to();
            heldBytes += OBJECT_BYTES + keys.from().length + stamp.length + (end == null ? 0 : end.length);
            if (heldBytes < MOST_HELD_BYTES) {
                runs.add(new StampedRun(keys, stamp));
            } else {
                runs.clear();
                held.remove(name);
            }
        };
    }

    private Optional<Old> inMemory(String name) {
        List<StampedRun> runs = parent.map(tree -> tree.held().get(name)).orElse(null);
        if (runs == null) {
            return Optional.empty();
        }
        Iterator<StampedRun> all = runs.iterator();
        return Optional.of(new Old(() -> all.hasNext() ? all.next() : null, () -> {}));
    }

    private Optional<Old> stored(String name) throws IOException {
        Ref root = parent.map(tree -> tree.runs().get(name)).orElse(null);
        if (root == null || parent.isEmpty()) {
            return Optional.empty();
        }
        Packs packs =
                new Packs(storage, parent.get().packs(), parent.get().lineage().packKeys());
        TreeEntries entries = new TreeEntries(List.of(Optional.of(root)), KeyRange.all(), packs, Rescue.NONE, executor);
        return Optional.of(new Old(() -> entries.next() ? StampedRun.of(entries.key(), entries.value()) : null, () -> {
            entries.close();
            packs.close();
        }));
    }

    /** The runs of the backup before; if they are damaged, there are no more, and what was given is worth nothing. */
    private static final class Old implements AutoCloseable {
        private final RunChanges.Before runs;
        private final Runnable end;
        private Optional<CorruptBackupException> damage = Optional.empty();

        Old(RunChanges.Before runs, Runnable end) {
            this.runs = runs;
            this.end = end;
        }

        @Nullable
        StampedRun next() throws IOException {
            try {
                return damage.isPresent() ? null : runs.next();
            } catch (CorruptBackupException e) {
                LOG.warn("what has changed is not known, so that everything is read: {}", e.toString());
                damage = Optional.of(e);
                return null;
            }
        }

        @Override
        public void close() {
            end.run();
        }
    }
}
