package io.kvbackup.repository.tree;

import io.kvbackup.format.ArchiveShape;
import io.kvbackup.format.PackRecord;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.repository.Closeables;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a new tree may refer to: the trees of the backup before, and packs that no backup names, as far as they lie in packs that
 * may be used. For one pass. Not thread-safe.
 */
final class KnownTrees implements Closeable {
    private final PackSource source;
    private final NodeReader nodes;
    private final Orphans orphans;
    /** By set. */
    private final Map<String, Ref> roots;

    private final Set<PackId> usable;
    private final LiveBytes live = new LiveBytes();

    private KnownTrees(
            PackSource source, NodeReader nodes, Orphans orphans, Map<String, Ref> roots, Set<PackId> usable) {
        this.source = source;
        this.nodes = nodes;
        this.orphans = orphans;
        this.roots = roots;
        this.usable = usable;
    }

    /**
     * Opens them.
     *
     * @param records of the packs of the parent, by id
     * @param doomed packs that are not to be used although they could be
     * @param orphans packs to be taken over
     */
    static KnownTrees open(
            StorageClient storage,
            String folder,
            Lineage lineage,
            Optional<StoredTree> parent,
            Map<PackId, PackRecord> records,
            PackListing listing,
            Set<PackId> doomed,
            Collection<PackId> orphans)
            throws IOException {
        Map<PackId, PackSource.Pack> packs = new HashMap<>();
        Set<PackId> usable = new HashSet<>();
        records.forEach((id, record) -> {
            packs.put(id, new PackSource.Pack(record.stored().bytes(), lineage.key()));
            if (listing.isUsable(id, record.stored().bytes()) && !doomed.contains(id)) {
                usable.add(id);
            }
        });
        for (PackId id : orphans) {
            StorageObject object = Objects.requireNonNull(listing.find(id));
            packs.put(id, new PackSource.Pack(object.size(), lineage.key()));
            usable.add(id);
        }
        PackSource source = new PackSource(storage, folder, packs);
        Orphans found = new Orphans(source, orphans);
        Map<String, Ref> roots = parent.map(StoredTree::roots).orElse(Map.of());
        return new KnownTrees(source, new NodeReader(source, packs.size()), found, roots, usable);
    }

    /** What a set is called in the footers of packs. */
    static String setName(ArchiveShape shape, String database, String set) {
        return shape == ArchiveShape.FULL ? database + "/" + set : set;
    }

    boolean isUsable(PackId pack) {
        return usable.contains(pack);
    }

    LiveBytes live() {
        return live;
    }

    NodeReader nodes() {
        return nodes;
    }

    String name(PackId pack) {
        return source.name(pack);
    }

    /** The chunks of a set, those of the parent first. */
    List<KnownChunks.Source> sources(String set, Orphans.Opening opening) {
        List<KnownChunks.Source> sources = new ArrayList<>();
        Ref root = roots.get(set);
        if (root != null) {
            Leaves leaves = opening.of(List.of(root));
            open.put(set, leaves);
            sources.add(from -> leaves.next());
        }
        sources.add(orphans.chunks(set, opening));
        return sources;
    }

    /** Walks of the parent that may not be at their end. */
    private final Map<String, Leaves> open = new LinkedHashMap<>();

    /** Looks at the rest of the parent, so that it is known how much of each pack it referred to. */
    void countOthers(Set<String> sets, Orphans.Opening opening) throws IOException {
        for (Leaves leaves : open.values()) {
            while (leaves.next() != null) {}
        }
        for (Map.Entry<String, Ref> root : roots.entrySet()) {
            if (!sets.contains(root.getKey())) {
                Leaves leaves = opening.of(List.of(root.getValue()));
                while (leaves.next() != null) {}
            }
        }
    }

    @Override
    public void close() throws IOException {
        Closeables.closeAll(List.of(nodes, orphans));
    }
}
