package io.kvbackup.prune;

import io.kvbackup.repository.BackupObjects;
import io.kvbackup.repository.tree.PackName;
import io.kvbackup.storage.ContentWriter;
import io.kvbackup.storage.PutCondition;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Removes packs that no manifest names. It takes two prunes, a grace period apart: the first writes a tombstone, the
 * other deletes. A backup refers to no pack that has a tombstone, and looks again before it has a manifest and, if that
 * took long, after: so one of the two notices the other. Packs are listed before manifests, or those of a backup that
 * is confirmed in between would seem to be nobody's. Used by one thread.
 */
final class PackSweep {
    private final StorageClient storage;
    private final NamedPacks named;
    private final GarbageRules rules;
    private final List<StorageObject> removed = new ArrayList<>();

    PackSweep(StorageClient storage, NamedPacks named, GarbageRules rules) {
        this.storage = storage;
        this.named = named;
        this.rules = rules;
    }

    /** Looks, and changes nothing. */
    void plan() throws IOException {
        PackObjects.list(storage, (folder, packs) -> {
            List<PackObjects> over = packs.stream().filter(this::isOver).toList();
            Optional<Set<String>> needed = over.isEmpty() ? Optional.empty() : named.of(folder, () -> {});
            needed.ifPresent(names -> over.stream()
                    .filter(each -> !isNeeded(each, names))
                    .forEach(each -> each.pack().ifPresent(removed::add)));
        });
    }

    /** Does it. */
    void run(BackupObjects.Pulse lease, PruneDeletes deletes, Instant tombstone) throws IOException {
        PackObjects.list(storage, (folder, packs) -> sweep(folder, packs, lease, deletes, tombstone));
    }

    private void sweep(
            String folder, List<PackObjects> packs, BackupObjects.Pulse lease, PruneDeletes deletes, Instant tombstone)
            throws IOException {
        if (packs.stream().noneMatch(each -> isOld(each) || !each.tombstones().isEmpty())) {
            return;
        }
        Optional<Set<String>> needed = named.of(folder, lease);
        if (needed.isEmpty()) {
            return;
        }
        List<PackObjects> over = new ArrayList<>();
        for (PackObjects each : packs) {
            lease.beat();
            if (isNeeded(each, needed.get())) {
                deletes.deleteAll(each.tombstones().stream().map(StorageObject::key));
            } else if (isOver(each)) {
                over.add(each);
            } else if (each.pack().isPresent()
                    && isOld(each)
                    && each.tombstones().isEmpty()) {
                String key = new PackName.Mark(each.name(), PackName.MarkKind.REMOVED, tombstone).objectName();
                storage.upload(key, ContentWriter.of(new byte[0]), PutCondition.none());
            }
        }
        if (!over.isEmpty()) {
            Optional<Set<String>> still = named.of(folder, lease);
            if (still.isPresent()) {
                delete(over, still.get(), deletes);
            }
        }
    }

    private void delete(List<PackObjects> over, Set<String> needed, PruneDeletes deletes) throws IOException {
        for (PackObjects each : over) {
            if (isNeeded(each, needed)) {
                deletes.deleteAll(each.tombstones().stream().map(StorageObject::key));
                continue;
            }
            // The tombstone lies there as long as there is something to do.
            deletes.deleteAll(each.pack().stream().map(StorageObject::key));
            each.pack().ifPresent(removed::add);
            deletes.deleteAll(each.failures().stream().map(StorageObject::key));
            deletes.deleteAll(each.tombstones().stream().map(StorageObject::key));
        }
    }

    private static boolean isNeeded(PackObjects pack, Set<String> names) {
        return names.contains(pack.name().objectName());
    }

    /** Its tombstone was written a grace period ago, or only marks are left of it for as long. */
    private boolean isOver(PackObjects pack) {
        Stream<StorageObject> marks = Stream.concat(pack.tombstones().stream(), pack.failures().stream());
        return pack.pack().isPresent()
                ? !pack.tombstones().isEmpty() && pack.tombstones().stream().allMatch(rules::isOldPack)
                : marks.allMatch(rules::isOldPack);
    }

    private boolean isOld(PackObjects pack) {
        return pack.pack().filter(rules::isOldPack).isPresent() || pack.pack().isEmpty();
    }

    /** Names of packs that are gone, or would go. */
    List<String> names() {
        return removed.stream().map(StorageObject::key).toList();
    }

    long bytes() {
        return removed.stream().mapToLong(StorageObject::size).sum();
    }
}
