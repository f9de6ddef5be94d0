package io.kvbackup.repository.tree;

import io.kvbackup.format.tree.ChunkCursor;
import io.kvbackup.format.tree.Node;
import io.kvbackup.format.tree.Place;
import io.kvbackup.format.tree.Ref;
import io.kvbackup.model.CorruptBackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads nodes and chunks here and there, a frame at a time, and keeps the frames used last. Used by one thread. */
final class FrameCache {
    private static final long KEPT_BYTES = 8 << 20;

    private final Packs packs;
    private final Rescue rescue;
    /** The last used is the last. */
    private final List<Kept> kept = new ArrayList<>();

    private long bytes;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Kept(Place place, byte[] plain) {}

    FrameCache(Packs packs, Rescue rescue) {
        this.packs = packs;
        this.rescue = rescue;
    }

    Node node(Item item) throws IOException {
        try {
            return Node.decode(item.ref(), frame(item.ref()));
        } catch (CorruptBackupException damage) {
            Rescue.Found found = rescue.find(item, damage);
            return Node.decode(found.ref(), found.frame());
        }
    }

    ChunkCursor chunk(Item item) throws IOException {
        try {
            return ChunkCursor.open(item.ref(), frame(item.ref()));
        } catch (CorruptBackupException damage) {
            Rescue.Found found = rescue.find(item, damage);
            return ChunkCursor.open(found.ref(), found.frame());
        }
    }

    /** What the frame of a reference holds, decoded. */
    byte[] frame(Ref ref) throws IOException {
        Place place = ref.place();
        for (int i = kept.size() - 1; i >= 0; i--) {
            if (kept.get(i).place().isInFrameOf(place)) {
                kept.add(kept.remove(i));
                return kept.get(kept.size() - 1).plain();
            }
        }
        packs.requireInside(place);
        byte[] plain = packs.decode(ref, packs.read(place.pack(), place.frameOffset(), place.frameLength()));
        kept.add(new Kept(place, plain));
        bytes += plain.length;
        while (bytes > KEPT_BYTES && kept.size() > 1) {
            bytes -= kept.remove(0).plain().length;
        }
        return plain;
    }
}
