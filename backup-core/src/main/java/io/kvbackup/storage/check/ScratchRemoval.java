package io.kvbackup.storage.check;

import io.kvbackup.pipeline.Interruption;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageKey;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/** Removes what was written below a scratch prefix, and never lets one key stand in the way of the others. */
final class ScratchRemoval {
    private static final int BATCH = 100;
    private static final int NAMED = 3;

    private final ScratchStorage scratch;
    private final StorageClient store;
    /** Keys in the store that could not be removed, and why. */
    private final Map<String, String> left = new ConcurrentSkipListMap<>(StorageKey.ORDER);

    private Set<String> listed = Set.of();

    /** @param store the one of which {@code scratch} is a part; takes requests also when the check has ended */
    ScratchRemoval(ScratchStorage scratch, StorageClient store) {
        this.scratch = scratch;
        this.store = store;
    }

    /**
     * Removes what is listed and what was written, together where the store can and one by one where it cannot.
     *
     * @param found keys that the store has listed
     */
    void remove(Collection<String> found) throws IOException {
        listed = Set.copyOf(found);
        Set<String> keys = new TreeSet<>(found);
        keys.addAll(scratch.written());
        List<String> all = List.copyOf(keys);
        for (int from = 0; from < all.size(); from += BATCH) {
            List<String> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            try {
                store.delete(batch);
                batch.forEach(this::gone);
            } catch (IOException | RuntimeException e) {
                rethrowInterrupt(e);
                for (String key : batch) {
                    removeOne(key);
                }
            }
        }
    }

    private void removeOne(String key) throws IOException {
        try {
            store.delete(List.of(key));
            gone(key);
        } catch (IOException | RuntimeException e) {
            rethrowInterrupt(e);
            if (isThere(key)) {
                left.put(key, String.valueOf(e.getMessage()));
            } else {
                gone(key);
            }
        }
    }

    private void gone(String key) {
        scratch.forget(key);
        left.remove(key);
    }

    /**
     * If the store was never known to hold a key, and refuses to look for it, such as a name that it cannot have, the
     * key is not there.
     */
    private boolean isThere(String key) throws IOException {
        try {
            return store.stat(key).isPresent();
        } catch (IOException | RuntimeException e) {
            rethrowInterrupt(e);
            return scratch.isKept(key) || listed.contains(key);
        }
    }

    private static void rethrowInterrupt(Exception e) throws IOException {
        if (e instanceof IOException failure) {
            Interruption.rethrow(failure);
        }
    }

    /** Those that are still there, with the reason of the first; empty if there are none. */
    String left() {
        if (left.isEmpty()) {
            return "";
        }
        List<String> named = left.keySet().stream().limit(NAMED).toList();
        return left.size() + " could not be removed, such as " + String.join(", ", named) + ": "
                + left.values().iterator().next();
    }
}
