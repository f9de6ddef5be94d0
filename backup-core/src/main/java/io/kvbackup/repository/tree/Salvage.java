package io.kvbackup.repository.tree;

import io.kvbackup.format.PackRecord;
import io.kvbackup.format.StreamDigest;
import io.kvbackup.format.TreeDocument;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.PackFooter;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.storage.StorageClient;
import io.kvbackup.storage.StorageObject;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for lost chunks, and nodes of level 1, in all packs of the database: a later backup that missed them has stored
 * them again. Lists packs and reads footers only when something is lost. Safe for use by several threads.
 */
final class Salvage implements Rescue, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);
    private static final int KEPT_FOOTERS = 16;
    private static final String UNKNOWN = "0".repeat(64);

    private final StorageClient storage;
    private final String folder;
    private final TreeDocument document;
    private final List<String> sets;
    /** Empty for a pack that cannot be read. */
    private final Map<PackId, Optional<PackFooter>> footers = new LinkedHashMap<>(16, 0.75f, true);

    private final Set<PackId> reported = new TreeSet<>(PackListing.BY_TIME);
    private List<PackId> newestFirst = List.of();
    private @Nullable Packs packs;

    /**
     * @param folder of the packs
     * @param sets what they are called in footers, by number
     */
    Salvage(StorageClient storage, String folder, TreeDocument document, List<String> sets) {
        this.storage = storage;
        this.folder = folder;
        this.document = document;
        this.sets = List.copyOf(sets);
    }

    @Override
    public synchronized Found find(Item item, CorruptBackupException damage) throws IOException {
        if (item.ref().level() > 1) {
            throw damage;
        }
        Packs all = packs();
        for (PackId pack : newestFirst) {
            List<Ref> refs = footer(all, pack)
                    .map(footer -> footer.sets().getOrDefault(sets.get(item.set()), List.of()))
                    .orElse(List.of());
            Optional<Found> found = find(item.ref(), refs, all);
            if (found.isPresent()) {
                if (reported.add(item.ref().place().pack())) {
                    LOG.warn(
                            "What {} held is read from other packs, as far as they have it: {}",
                            new PackName(folder, item.ref().place().pack()).objectName(),
                            damage.getMessage());
                }
                return found.get();
            }
        }
        throw damage;
    }

    private Packs packs() throws IOException {
        Packs known = packs;
        if (known == null) {
            PackListing listing = PackListing.of(storage, folder);
            newestFirst = new ArrayList<>(listing.packs());
            Collections.reverse(newestFirst);
            String key = document.packKeys().keySet().stream().findFirst().orElse(null);
            List<PackRecord> records = new ArrayList<>();
            for (PackId pack : newestFirst) {
                StorageObject object = listing.find(pack);
                if (object != null) {
                    StreamDigest stored = new StreamDigest(object.size(), UNKNOWN);
                    records.add(new PackRecord(object.key(), stored, object.size(), key));
                }
            }
            known = new Packs(storage, records, document.packKeys());
            packs = known;
        }
        return known;
    }

    private Optional<PackFooter> footer(Packs all, PackId pack) throws IOException {
        Optional<PackFooter> known = footers.get(pack);
        if (known == null) {
            try {
                known = Optional.of(all.footer(pack));
            } catch (CorruptBackupException e) {
                known = Optional.empty();
            }
            footers.put(pack, known);
            if (footers.size() > KEPT_FOOTERS) {
                footers.remove(footers.keySet().iterator().next());
            }
        }
        return known;
    }

    /** @param refs ascending: nodes of level 1, and chunks that none of them names */
    private static Optional<Found> find(Ref lost, List<Ref> refs, Packs all) throws IOException {
        for (Ref each : refs) {
            if (Arrays.compareUnsigned(each.lastKey(), lost.lastKey()) < 0) {
                continue;
            }
            if (each.level() == lost.level()) {
                if (each.digest().equals(lost.digest())) {
                    return read(each, lost, all);
                }
            } else if (!each.isChunk()) {
                // The first node that ends at the chunk or after it is the only one that can name it.
                return below(lost, each, all);
            }
        }
        return Optional.empty();
    }

    private static Optional<Found> below(Ref lost, Ref node, Packs all) throws IOException {
        try {
            for (Ref each : Node.decode(node, frame(node, all)).refs()) {
                if (each.digest().equals(lost.digest())) {
                    return read(each, lost, all);
                }
            }
        } catch (CorruptBackupException e) {
            // Damaged too.
        }
        return Optional.empty();
    }

    private static Optional<Found> read(Ref found, Ref lost, Packs all) throws IOException {
        if (found.place().equals(lost.place())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Found(found, frame(found, all)));
        } catch (CorruptBackupException e) {
            return Optional.empty();
        }
    }

    private static byte[] frame(Ref ref, Packs all) throws IOException {
        Place place = ref.place();
        all.requireInside(place);
        return all.decode(ref, all.read(place.pack(), place.frameOffset(), place.frameLength()));
    }

    @Override
    public synchronized void close() {
        if (packs != null) {
            packs.close();
        }
    }
}
