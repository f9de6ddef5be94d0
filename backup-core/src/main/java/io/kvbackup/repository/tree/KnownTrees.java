package io.kvbackup.repository.tree;

import io.kvbackup.format.PackRecord;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.storage.StorageClient;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a new tree may refer to: the trees of the backup before, and packs that no backup names, as far as they lie in
 * packs that may be used. For one pass. Not thread-safe.
 */
final class KnownTrees implements Closeable {
    private final Map<String, Ref> roots;
    private final Set<PackId> usable;
    private final Packs packs;
    private final NodeReader nodes;
    private final Orphans orphans;
    private final LiveBytes live = new LiveBytes();

    /**
     * Opens them.
     *
     * @param roots of the backup before, by set
     * @param records of all packs, by id
     * @param usable those which may be referred to
     * @param orphans those of them that the backup before does not name
     */
    KnownTrees(
            StorageClient storage,
            Lineage lineage,
            Map<String, Ref> roots,
            Map<PackId, PackRecord> records,
            Set<PackId> usable,
            Collection<PackId> orphans)
            throws IOException {
        this.roots = roots;
        this.usable = new HashSet<>(usable);
        this.packs = new Packs(storage, List.copyOf(records.values()), lineage.packKeys());
        this.nodes = new NodeReader(packs);
        try {
            this.orphans = new Orphans(packs, orphans);
        } catch (IOException | RuntimeException e) {
            packs.close();
            throw e;
        }
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
        return packs.name(pack);
    }

    /** The root of a set in the backup before. */
    Optional<Ref> root(String set) {
        return Optional.ofNullable(roots.get(set));
    }

    /** The chunks of a set, those of the backup before first. */
    List<KnownChunks.Source> sources(String set, Orphans.Opening opening) {
        List<KnownChunks.Source> sources = new ArrayList<>();
        root(set).ifPresent(root -> sources.add(new Whole(opening.of(List.of(root)))));
        sources.add(orphans(set, opening));
        return sources;
    }

    /** The chunks of a set in packs that no backup names. */
    KnownChunks.Source orphans(String set, Orphans.Opening opening) {
        return orphans.chunks(set, opening);
    }

    /** A whole tree. All of it is looked at, so that it is known how much of each pack it referred to. */
    private record Whole(Leaves leaves) implements KnownChunks.Source {
        @Override
        public @Nullable Ref next(byte[] from) throws IOException {
            return leaves.next();
        }

        @Override
        public void drain() throws IOException {
            Ref next = leaves.next();
            while (next != null) {
                next = leaves.next();
            }
        }
    }

    /** Looks at the trees of sets that are no more. */
    void countOthers(Set<String> sets, Orphans.Opening opening) throws IOException {
        for (Map.Entry<String, Ref> root : roots.entrySet()) {
            if (!sets.contains(root.getKey())) {
                new Whole(opening.of(List.of(root.getValue()))).drain();
            }
        }
    }

    @Override
    public void close() {
        packs.close();
    }
}
