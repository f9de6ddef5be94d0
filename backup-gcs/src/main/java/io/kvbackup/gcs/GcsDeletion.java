package io.kvbackup.gcs;

import com.google.cloud.storage.StorageBatch;
import com.google.cloud.storage.StorageBatchResult;
import com.google.cloud.storage.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Deletes objects, a hundred at a time. */
final class GcsDeletion {
    private static final String OPERATION = "delete";

    /** The most requests that GCS takes in one batch. */
    private static final int BATCH = 100;

    /** Answers of a store that knows no batches. */
    private static final Set<Integer> UNKNOWN = Set.of(404, 405, 501);

    private final GcsSession session;
    private final GcsStat stat;

    GcsDeletion(GcsSession session, GcsStat stat) {
        this.session = session;
        this.stat = stat;
    }

    void delete(Collection<String> keys) throws IOException {
        List<String> ordered = new ArrayList<>(new LinkedHashSet<>(keys));
        for (int start = 0; start < ordered.size(); start += BATCH) {
            List<String> group = ordered.subList(start, Math.min(start + BATCH, ordered.size()));
            if (group.size() == 1) {
                deleteOne(group.get(0));
            } else {
                deleteBatch(group);
            }
        }
    }

    private void deleteOne(String key) throws IOException {
        session.enter(OPERATION);
        boolean deleted = session.call(OPERATION, key, () -> session.storage().delete(session.id(key)));
        if (!deleted) {
            stat.requireBucket(OPERATION, key);
        }
    }

    private void deleteBatch(List<String> keys) throws IOException {
        Set<String> left = new LinkedHashSet<>(keys);
        boolean understood = session.call(OPERATION, keys.get(0), () -> submit(left));
        if (understood) {
            stat.requireBucket(OPERATION, keys.get(0));
            return;
        }
        for (String key : left) {
            deleteOne(key);
        }
    }

    /**
     * Sends one batch, and takes from {@code left} what it has deleted. Whether the store knows batches.
     *
     * @throws StorageException of a request that failed; one that cannot be repeated goes first
     */
    private boolean submit(Set<String> left) throws IOException {
        session.enter(OPERATION);
        StorageBatch batch = session.storage().batch();
        Map<String, StorageBatchResult<Boolean>> results = new LinkedHashMap<>();
        left.forEach(key -> results.put(key, batch.delete(session.id(key))));
        try {
            batch.submit();
        } catch (StorageException e) {
            if (UNKNOWN.contains(e.getCode())) {
                return false;
            }
            throw e;
        }
        StorageException failure = null;
        for (Map.Entry<String, StorageBatchResult<Boolean>> result : results.entrySet()) {
            StorageException e = failure(result.getValue());
            if (e == null) {
                left.remove(result.getKey());
            } else if (failure == null || Retries.isTransient(failure)) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return true;
    }

    private static @Nullable StorageException failure(StorageBatchResult<Boolean> result) {
        try {
            result.get();
            return null;
        } catch (StorageException e) {
            return e;
        }
    }
}
