package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackId;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The packs of a database that a listing shows. Nothing else tells that a pack is there: what manifests say of it may
 * be older. Immutable.
 */
public final class PackListing {
    /** Oldest first. */
    static final Comparator<PackId> BY_TIME =
            Comparator.comparingLong(PackId::millis).thenComparing(PackId::random, Long::compareUnsigned);

    private final Map<PackId, StorageObject> packs;
    private final Set<PackId> removed;
    private final Set<PackId> failed;

    private PackListing(Map<PackId, StorageObject> packs, Set<PackId> removed, Set<PackId> failed) {
        this.packs = packs;
        this.removed = removed;
        this.failed = failed;
    }

    /** Of a store that has none. */
    static final PackListing NONE = new PackListing(Map.of(), Set.of(), Set.of());

    /** Lists the packs in a folder, {@code full} for those of backups of all databases. */
    public static PackListing of(StorageClient storage, String folder) throws IOException {
        Map<PackId, StorageObject> packs = new TreeMap<>(BY_TIME);
        Set<PackId> removed = new HashSet<>();
        Set<PackId> failed = new HashSet<>();
        try (Stream<StorageObject> objects = storage.list(PackName.folder(folder))) {
            for (Iterator<StorageObject> each = objects.iterator(); each.hasNext(); ) {
                StorageObject object = each.next();
                PackName.parse(object.key()).ifPresent(name -> packs.put(name.id(), object));
                PackName.parseMark(object.key()).ifPresent(mark -> {
                    boolean tombstone = mark.kind() == PackName.MarkKind.REMOVED;
                    (tombstone ? removed : failed).add(mark.pack().id());
                });
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return new PackListing(packs, removed, failed);
    }

    /** All that are there, oldest first. */
    public Collection<PackId> packs() {
        return packs.keySet();
    }

    public @Nullable StorageObject find(PackId pack) {
        return packs.get(pack);
    }

    /** Whether nobody means to delete it, and no verification found damage in it. */
    public boolean isUnmarked(PackId pack) {
        return !removed.contains(pack) && !failed.contains(pack);
    }

    /** Whether a verification found damage in it. */
    public boolean isFailed(PackId pack) {
        return failed.contains(pack);
    }

    /** Whether it may be referred to: it is there, as long as it should be, and has no mark. */
    public boolean isUsable(PackId pack, long bytes) {
        StorageObject object = packs.get(pack);
        return object != null && object.size() == bytes && isUnmarked(pack);
    }

    /** The names of packs, as many as a message may hold. */
    static List<String> shown(String folder, Collection<PackId> packs) {
        return packs.stream()
                .limit(10)
                .map(id -> new PackName(folder, id).objectName())
                .toList();
    }
}
