package io.kvbackup.database;

import io.kvbackup.disk.HeldLock;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.SetBackup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Holds decoded entries in memory until they are swapped in. */
final class MapRestore extends StagedRestore {
    private final Map<String, MapSetSwap<?, ?>> swaps = new LinkedHashMap<>();
    private final @Nullable Lock lock;
    private final List<Consumer<DatabaseBackup>> listeners;
    private final @Nullable ChangeRecorder recorder;

    MapRestore(
            DatabaseBackup header,
            KeyRange keys,
            Map<String, MapSet<?, ?>> sets,
            @Nullable Lock lock,
            List<Consumer<DatabaseBackup>> listeners,
            @Nullable ChangeRecorder recorder) {
        super(header, keys);
        for (String name : header.sets().keySet()) {
            MapSet<?, ?> set = sets.get(name);
            if (set == null) {
                throw new IllegalArgumentException("no set " + name);
            }
            swaps.put(name, new MapSetSwap<>(set, keys));
        }
        this.lock = lock;
        this.listeners = listeners;
        this.recorder = recorder;
    }

    @Override
    protected EntryVisitor stage(SetBackup set) {
        MapSetSwap<?, ?> swap = swaps.get(set.name());
        if (swap == null) {
            throw new IllegalStateException("restore of set " + set.name() + " after close");
        }
        return swap;
    }

    @Override
    protected void commitStaged() throws IOException {
        HeldLock held = HeldLock.acquire(lock, "commit the restore of database " + header().name());
        try (held) {
            endHistory();
            try {
                swapAll();
            } finally {
                endHistory();
            }
            tellListeners();
        }
    }

    /** Neither a reader that comes before the swap goes on after it, nor one that came while it went on. */
    private void endHistory() {
        if (recorder != null) {
            recorder.lose("a restore has replaced entries");
        }
    }

    private void swapAll() throws IOException {
        List<MapSetSwap<?, ?>> begun = new ArrayList<>();
        try {
            for (MapSetSwap<?, ?> swap : swaps.values()) {
                swap.rememberLive();
                begun.add(swap);
                swap.swapIn();
            }
            for (Map.Entry<String, MapSetSwap<?, ?>> swap : swaps.entrySet()) {
                requireAllStaged(swap.getKey(), swap.getValue().liveSize());
                swap.getValue().requireSame();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw new IOException(
                    "cannot restore database " + header().name()
                            + ": a map did not take the entries, or somebody wrote to it meanwhile; "
                            + (putBack(begun, e)
                                    ? "its old content is back: " + e
                                    : "AND its old content could not be put back: restore it from a backup: " + e),
                    e);
        }
    }

    private static boolean putBack(List<MapSetSwap<?, ?>> begun, Throwable because) {
        boolean whole = true;
        for (MapSetSwap<?, ?> swap : begun) {
            try {
                swap.putBack();
            } catch (IOException | RuntimeException | Error e) {
                because.addSuppressed(e);
                whole = false;
            }
        }
        return whole;
    }

    private void tellListeners() throws IOException {
        for (Consumer<DatabaseBackup> listener : listeners) {
            try {
                listener.accept(header());
            } catch (RuntimeException e) {
                throw new IOException(
                        "database " + header().name() + " is restored, but its onRestored listener failed: rebuild what"
                                + " depends on the entries: " + e,
                        e);
            }
        }
    }

    @Override
    protected void discard() {
        swaps.clear();
    }
}
