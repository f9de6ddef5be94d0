package io.kvbackup.prune;

import io.kvbackup.model.Backup;
import io.kvbackup.model.BackupMarks;
import io.kvbackup.repository.BackupDeletion;
import io.kvbackup.repository.BackupName;
import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.BackupTable;
import io.kvbackup.repository.Ints;
import io.kvbackup.repository.LeasedStorageClient;
import io.kvbackup.repository.Mark;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Deletes for a prune, a few keys at a time, and reports what it has deleted. Used by one thread. */
final class PruneDeletes {
    /**
     * Few enough that a store that deletes them one by one, 400 ms each, completes within
     * {@link LeasedStorageClient#ATTEMPT}.
     */
    private static final int BATCH = 25;

    /** How many backups wait until their leftovers are deleted together. */
    private static final int PAGE = 1_000;

    private static final int NAMED = 100;

    private final StorageClient leased;
    private final List<BackupObjects> over = new ArrayList<>();
    private final Collected collected = new Collected();
    private final List<String> manifests = new ArrayList<>();
    private long deleted;

    /** @param leased deletes as long as the lease is held */
    PruneDeletes(StorageClient leased) {
        this.leased = leased;
    }

    /** Archives that are gone: their names and sizes, in little memory. */
    static final class Collected {
        private final BackupTable archives = new BackupTable();
        private final Ints order = new Ints();
        private long bytes;

        void add(StorageObject archive) {
            Optional<BackupName> name = BackupName.parse(archive.key());
            if (name.isPresent()) {
                order.add(archives.add(name.get().describe(archive, false, Optional.empty(), BackupMarks.NONE)));
                bytes += archive.size();
            }
        }

        List<String> names() {
            return archives.view(order, Backup::objectName);
        }

        long bytes() {
            return bytes;
        }
    }

    void deleteAll(Stream<String> keys) throws IOException {
        List<String> batch = new ArrayList<>();
        for (Iterator<String> each = keys.iterator(); each.hasNext(); ) {
            batch.add(each.next());
            if (batch.size() == BATCH || !each.hasNext()) {
                delete(batch);
                batch = new ArrayList<>();
            }
        }
    }

    /** A few. */
    void delete(List<String> batch) throws IOException {
        leased.delete(batch);
        deleted += batch.size();
        for (String key : batch) {
            if (manifests.size() < NAMED
                    && key.endsWith(BackupName.MANIFEST_SUFFIX)
                    && Mark.parse(key).isEmpty()) {
                manifests.add(key);
            }
        }
    }

    /** Deletes the rest of a backup, now or together with others. */
    void collect(BackupObjects objects) throws IOException {
        over.add(objects);
        if (over.size() == PAGE) {
            collectRest();
        }
    }

    /**
     * Archives, and manifests without one, first; then marks, then tombstones. So a tombstone stays as long as there is
     * work to do.
     */
    void collectRest() throws IOException {
        deleteAll(over.stream().flatMap(each -> each.manifest().stream()).map(StorageObject::key));
        deleteAll(over.stream().flatMap(each -> each.archive().stream()).map(StorageObject::key));
        over.forEach(each -> each.archive().ifPresent(collected::add));
        deleteAll(over.stream().flatMap(each -> BackupDeletion.keys(each, false).stream()));
        deleteAll(over.stream().flatMap(each -> BackupDeletion.keys(each, true).stream()));
        over.clear();
    }

    Collected collected() {
        return collected;
    }

    /** What was deleted so far, in words, also if the run has broken off; empty if nothing was. */
    Optional<String> describe() {
        return deleted == 0
                ? Optional.empty()
                : Optional.of(deleted + " objects, among them the manifests " + manifests
                        + (manifests.size() < NAMED ? "" : " and perhaps more"));
    }
}
