package io.kvbackup.repository;

import io.kvbackup.model.Backup;
import io.kvbackup.retention.RetentionChoice;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One prune under its lease. After each request, everything that is listed can be restored, and what is not finished is found
 * by the next prune. Used by one thread.
 */
final class PruneRun {
    /**
     * So few that a store which deletes them one by one, 400 ms each, is done with them within {@link LeasedStorageClient#ATTEMPT}.
     */
    private static final int BATCH = 25;

    private final StorageClient storage;
    private final StorageClient leased;
    private final BackupDeletion deletion;
    private final Lease lease;
    private final Leftovers leftovers;
    private final Judge judge;
    private final Set<String> planned;
    private final List<String> deleted = new ArrayList<>();

    /** Says which backups stay. */
    @FunctionalInterface
    interface Judge {
        RetentionChoice choose(Collection<Backup> backups);
    }

    /** @param leased deletes as long as the lease is held */
    PruneRun(
            StorageClient storage,
            StorageClient leased,
            BackupDeletion deletion,
            Lease lease,
            Leftovers leftovers,
            Judge judge,
            Set<String> planned) {
        this.storage = storage;
        this.leased = leased;
        this.deletion = deletion;
        this.lease = lease;
        this.leftovers = leftovers;
        this.judge = judge;
        this.planned = planned;
    }

    Pruner.Result run() throws IOException {
        Map<String, BackupObjects> before = list();
        Set<String> doomed = doomed(before);
        Set<String> orphans = names(before, each -> leftovers.isOrphan(each) && each.isListed());
        deleteAll(tombstones(
                before,
                each -> each.manifest().isPresent()
                        && each.archive().isPresent()
                        && !doomed.contains(each.archiveName())));
        Set<String> buried = new TreeSet<>(doomed);
        buried.addAll(orphans);
        Map<String, BackupObjects> after = buried.isEmpty() ? before : bury(buried);
        Set<String> stillDoomed = doomed(after);
        stillDoomed.retainAll(doomed);
        Set<String> stillOrphans = names(after, leftovers::isOrphan);
        stillOrphans.retainAll(orphans);
        Predicate<BackupObjects> spared = each -> buried.contains(each.archiveName())
                && !stillDoomed.contains(each.archiveName())
                && !stillOrphans.contains(each.archiveName());
        deleteAll(tombstones(after, spared));
        deleteAll(stillDoomed.stream().map(BackupName::manifestName).toList());
        List<Backup> removed = Pruner.backups(before.values()).stream()
                .filter(backup -> stillDoomed.contains(backup.objectName()))
                .sorted(Backup.NEWEST_FIRST)
                .toList();
        return new Pruner.Result(removed, collect(after.values(), stillOrphans));
    }

    /** What has been deleted so far, in words, also if the run has broken off; empty if that is nothing. */
    Optional<String> deleted() {
        List<String> backups = deleted.stream()
                .filter(key -> key.endsWith(BackupName.MANIFEST_SUFFIX)
                        && Mark.parse(key).isEmpty())
                .toList();
        return deleted.isEmpty()
                ? Optional.empty()
                : Optional.of(deleted.size() + " objects, among them the manifests " + backups);
    }

    /** Renews the lease meanwhile: a long listing outlasts it, and so does a single page that is asked for again and again. */
    private Map<String, BackupObjects> list() throws IOException {
        try (LeaseKeeper keeper = new LeaseKeeper(lease)) {
            return BackupObjects.list(storage, BackupName.ROOT, keeper::ensureHeld);
        }
    }

    /** Those that were planned to go and that the policy, looking at what there is now, does not keep. */
    private Set<String> doomed(Map<String, BackupObjects> objects) {
        Set<String> doomed = judge.choose(Pruner.backups(objects.values())).removed().stream()
                .map(Backup::objectName)
                .collect(Collectors.toCollection(TreeSet::new));
        doomed.retainAll(planned);
        return doomed;
    }

    /**
     * Writes a tombstone on each, and looks again: whoever sets a mark looks for tombstones afterwards, so that one of the two
     * notices the other. A tombstone that arrives late, when the lease is lost, does no harm: the next prune takes it away.
     */
    private Map<String, BackupObjects> bury(Set<String> names) throws IOException {
        for (String name : names) {
            lease.ensureHeld();
            deletion.bury(name);
        }
        return list();
    }

    /** Manifests that have no archive and archives first, then marks, then tombstones, so that a tombstone lies there as long as there is work to do. */
    private List<StorageObject> collect(Collection<BackupObjects> all, Set<String> orphans) throws IOException {
        List<BackupObjects> over = all.stream()
                .filter(each ->
                        leftovers.isOver(each) || leftovers.areLoneMarks(each) || orphans.contains(each.archiveName()))
                .toList();
        List<StorageObject> archives =
                over.stream().flatMap(each -> each.archive().stream()).toList();
        deleteAll(over.stream()
                .flatMap(each -> each.manifest().stream())
                .map(StorageObject::key)
                .toList());
        deleteAll(archives.stream().map(StorageObject::key).toList());
        deleteAll(keys(over, false));
        deleteAll(keys(over, true));
        return archives;
    }

    private static List<String> keys(Collection<BackupObjects> all, boolean tombstones) {
        List<String> keys = new ArrayList<>();
        all.forEach(each -> keys.addAll(BackupDeletion.keys(each, tombstones)));
        return keys;
    }

    private static List<String> tombstones(Map<String, BackupObjects> objects, Predicate<BackupObjects> which) {
        return keys(objects.values().stream().filter(which).toList(), true);
    }

    private static Set<String> names(Map<String, BackupObjects> objects, Predicate<BackupObjects> which) {
        return objects.values().stream()
                .filter(which)
                .map(BackupObjects::archiveName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void deleteAll(List<String> keys) throws IOException {
        for (int from = 0; from < keys.size(); from += BATCH) {
            List<String> batch = keys.subList(from, Math.min(keys.size(), from + BATCH));
            leased.delete(batch);
            deleted.addAll(batch);
        }
    }
}
