package io.kvbackup.format.tree;

import io.kvbackup.database.EntryVisitor;
import io.kvbackup.model.CorruptBackupException;
import io.kvbackup.pipeline.DataKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Packs in memory, as a store would hold them, and trees in them. */
final class MemoryTree {
    static final String SET = "items";

    final Map<PackId, byte[]> packs = new LinkedHashMap<>();
    final Set<PackId> unusable = new HashSet<>();
    private final long packBytes;
    private final @Nullable DataKey key;
    private final FrameReader frames = new FrameReader();
    private @Nullable Place lastPlace;
    private byte[] lastFrame = {};
    int newChunks;
    int newNodes;

    MemoryTree(long packBytes, @Nullable DataKey key) {
        this.packBytes = packBytes;
        this.key = key;
    }

    void replace(PackId id, byte[] pack) {
        packs.put(id, pack);
        lastPlace = null;
    }

    static String name(PackId id) {
        return "packs/orders/" + id + ".pack";
    }

    /** Writes a tree of the entries, with what an earlier one holds of them where that can be used. */
    Optional<Ref> write(RandomEntries entries, Optional<Ref> parent) throws IOException {
        newChunks = 0;
        newNodes = 0;
        Writing writing = new Writing(parent);
        Chunker chunker = new Chunker(Chunker.DEFAULT_SIZE, "test", writing::chunk);
        entries.pushTo(chunker);
        chunker.finish();
        Optional<Ref> root = writing.builder.finish();
        writing.finishPack();
        return root;
    }

    private final class Writing {
        private final TreeBuilder builder = new TreeBuilder(this::node);
        private final Map<String, Ref> known = new LinkedHashMap<>();
        private ByteArrayOutputStream out = new ByteArrayOutputStream();
        private @Nullable PackWriter pack;

        Writing(Optional<Ref> parent) throws IOException {
            if (parent.isPresent()) {
                collect(parent.get());
            }
        }

        private void collect(Ref ref) throws IOException {
            if (ref.isChunk()) {
                known.put(Arrays.toString(ref.lastKey()), ref);
            } else {
                for (Ref below : node(ref).refs()) {
                    collect(below);
                }
            }
        }

        private Node node(Ref ref) throws IOException {
            return MemoryTree.this.node(ref);
        }

        private PackWriter pack() throws IOException {
            PackWriter open = pack;
            if (open == null) {
                out = new ByteArrayOutputStream();
                PackId id = new PackId(1_800_000_000_000L, packs.size() + 1L);
                PackCipher cipher = key == null ? null : PackCipher.forWriting(key, name(id), id, new SecureRandom());
                open = new PackWriter(out, id, cipher, Runnable::run);
                pack = open;
            }
            return open;
        }

        void chunk(Chunk chunk) throws IOException {
            Ref old = known.get(Arrays.toString(chunk.lastKey()));
            if (old != null
                    && chunk.isMeantBy(old)
                    && !unusable.contains(old.place().pack())) {
                builder.add(old);
                return;
            }
            newChunks++;
            builder.add(pack().add(SET, chunk));
            if (pack().reaches(packBytes)) {
                finishPack();
            }
        }

        Ref node(int level, List<Ref> refs) throws IOException {
            Optional<Ref> same = Node.holding(refs)
                    .filter(ref -> !unusable.contains(ref.place().pack()));
            if (same.isPresent()) {
                return same.get();
            }
            newNodes++;
            return pack().addNode(SET, level, refs);
        }

        void finishPack() throws IOException {
            PackWriter open = pack;
            if (open != null) {
                open.finish();
                packs.put(open.id(), out.toByteArray());
                open.close();
                pack = null;
            }
        }
    }

    @Nullable
    PackCipher cipher(PackId id) throws IOException {
        return key == null ? null : PackCipher.forReading(key, name(id), PackHeader.decode(packs.get(id), id, true));
    }

    byte[] frame(Ref ref) throws IOException {
        Place place = ref.place();
        Place former = lastPlace;
        if (former == null || !place.isInFrameOf(former)) {
            lastFrame = decoded(ref);
            lastPlace = place;
        }
        return lastFrame;
    }

    byte[] decoded(Ref ref) throws IOException {
        Place place = ref.place();
        byte[] pack = packs.get(place.pack());
        if (place.frameOffset() > pack.length) {
            throw new CorruptBackupException("pack " + place.pack() + " is cut");
        }
        return frames.read(ref, pack, Math.toIntExact(place.frameOffset()), cipher(place.pack()));
    }

    Node node(Ref ref) throws IOException {
        return Node.decode(ref, frame(ref));
    }

    void read(Optional<Ref> root, EntryVisitor to) throws IOException {
        if (root.isPresent()) {
            read(root.get(), to);
        }
    }

    private void read(Ref ref, EntryVisitor to) throws IOException {
        if (ref.isChunk()) {
            ChunkCursor.readAll(ref, frame(ref), to);
            return;
        }
        for (Ref below : node(ref).refs()) {
            read(below, to);
        }
    }

    RandomEntries read(Optional<Ref> root) throws IOException {
        RandomEntries entries = new RandomEntries();
        read(root, entries::put);
        return entries;
    }

    PackFooter footer(PackId id) throws IOException {
        byte[] pack = packs.get(id);
        PackTrailer trailer = PackTrailer.decode(pack, pack.length, id);
        int from = Math.toIntExact(trailer.footerOffset());
        return frames.readFooter(
                trailer, id, Arrays.copyOfRange(pack, from, from + trailer.footerLength()), cipher(id));
    }

    byte[] frame(PackFooter.Frame frame, PackId id) throws IOException {
        return frames.read(frame, id, packs.get(id), Math.toIntExact(frame.offset()), cipher(id));
    }
}
