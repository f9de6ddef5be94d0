package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.PackCipher;
import io.kvbackup.format.tree.PackFooter;
import io.kvbackup.format.tree.PackId;
import io.kvbackup.format.tree.PackTrailer;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packs that no backup names: those of one that was killed or has failed, so that the next goes on where it was. Their
 * footers say what lies in them. Not thread-safe.
 *
 * <p>The packs of one backup follow each other in key order, so one of them at a time is looked into, and memory does
 * not grow with their number.
 */
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    /** Most footers are shorter, and come with one request. */
    private static final int TAIL_BYTES = 256 << 10;
    /** So many footers are kept; more are read again when it is their turn. */
    private static final int KEPT_FOOTERS = 8;

    private final Packs packs;
    /** By set: the greatest last key in each pack. */
    private final Map<String, Map<PackId, byte[]>> ends = new HashMap<>();

    private final Map<PackId, PackFooter> footers = new LinkedHashMap<>();

    /** Reads the footers. Those that cannot be read are left out. */
    Orphans(Packs packs, Collection<PackId> orphans) throws IOException {
        this.packs = packs;
        for (PackId pack : orphans) {
            try {
                footer(pack)
                        .sets()
                        .forEach((set, refs) -> ends.computeIfAbsent(set, any -> new HashMap<>())
                                .put(pack, refs.get(refs.size() - 1).lastKey()));
            } catch (CorruptBackupException e) {
                LOG.info("{} is not taken over from a backup that did not end: {}", packs.name(pack), e.toString());
            }
        }
    }

    private PackFooter footer(PackId pack) throws IOException {
        PackFooter known = footers.get(pack);
        if (known != null) {
            return known;
        }
        long bytes = packs.bytes(pack);
        long from = Math.max(0, bytes - TAIL_BYTES);
        byte[] tail = packs.read(pack, from, (int) (bytes - from));
        PackTrailer trailer = PackTrailer.decode(tail, bytes, pack);
        byte[] frame = trailer.footerOffset() >= from
                ? Arrays.copyOfRange(tail, (int) (trailer.footerOffset() - from), tail.length)
                : packs.read(pack, trailer.footerOffset(), trailer.footerLength());
        PackCipher cipher = packs.cipher(pack);
        PackFooter footer = packs.with(reader -> reader.readFooter(trailer, pack, frame, cipher));
        if (footers.size() < KEPT_FOOTERS) {
            footers.put(pack, footer);
        }
        return footer;
    }

    /** What lies in them of a set. */
    KnownChunks.Source chunks(String set, Opening opening) {
        List<Map.Entry<PackId, byte[]>> order =
                new ArrayList<>(ends.getOrDefault(set, Map.of()).entrySet());
        order.sort(Map.Entry.comparingByValue(Arrays::compareUnsigned));
        return new Chain(set, opening, order);
    }

    /** Walks over parts of a tree. */
    interface Opening {
        Leaves of(List<Ref> tops);
    }

    private final class Chain implements KnownChunks.Source {
        private final String set;
        private final Opening opening;
        private final List<Map.Entry<PackId, byte[]>> left;
        private @Nullable Leaves open;

        Chain(String set, Opening opening, List<Map.Entry<PackId, byte[]>> order) {
            this.set = set;
            this.opening = opening;
            this.left = new ArrayList<>(order);
        }

        @Override
        public @Nullable Ref next(byte[] from) throws IOException {
            while (true) {
                Leaves leaves = open;
                Ref next = leaves == null ? null : leaves.next();
                if (next != null) {
                    return next;
                }
                open = null;
                left.removeIf(each -> Arrays.compareUnsigned(each.getValue(), from) < 0);
                if (left.isEmpty()) {
                    return null;
                }
                PackId pack = left.remove(0).getKey();
                try {
                    open = opening.of(footer(pack).sets().getOrDefault(set, List.of()));
                } catch (CorruptBackupException e) {
                    LOG.info("{} is not taken over: {}", packs.name(pack), e.toString());
                }
            }
        }
    }
}
