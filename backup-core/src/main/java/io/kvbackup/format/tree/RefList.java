package io.kvbackup.format.tree;

import io.kvbackup.model.CorruptBackupException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * References with ascending last keys, as nodes and footers have them: a content part, which digests cover, and a
 * location part. There is one spelling of each.
 */
final class RefList {
    /** Each has its level before it, instead of all the same. */
    static final int MIXED = -1;

    private RefList() {}

    /** @param level of what the references point to, or {@link #MIXED} */
    static void writeContent(List<Ref> refs, int level, BytesOut to) {
        to.varint(refs.size());
        byte[] former = {};
        for (Ref ref : refs) {
            if (level == MIXED) {
                to.int8(ref.level());
            }
            byte[] key = ref.lastKey();
            int shared = Math.max(0, Arrays.mismatch(former, key));
            to.varint(shared).varint(key.length - shared).raw(key, shared, key.length - shared);
            to.int64(ref.digest().first()).int64(ref.digest().second());
            to.int64(ref.digest().third()).int64(ref.digest().fourth());
            to.varint(ref.entries()).varint(ref.bytes());
            former = key;
        }
    }

    /** All places must be settled. */
    static void writeLocations(List<Ref> refs, BytesOut to) {
        List<PackId> packs =
                refs.stream().map(ref -> ref.place().pack()).distinct().toList();
        to.varint(packs.size());
        packs.forEach(pack -> pack.write(to));
        Place former = null;
        for (Ref ref : refs) {
            Place place = ref.place();
            if (former != null && place.follows(former)) {
                to.varint(0);
            } else {
                to.varint(1 + packs.indexOf(place.pack()));
                to.varint(place.frameOffset()).varint(place.frameLength()).varint(place.offset());
            }
            if (!ref.isChunk()) {
                to.varint(place.length());
            }
            former = place;
        }
    }

    /** What a content part says, while its locations are not known yet. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(int level, byte[] lastKey, Digest digest, long entries, long bytes) {
        Ref at(Place place, @Nullable Node home) {
            return new Ref(level, lastKey, digest, entries, bytes, place, home);
        }
    }

    /** Passes over a content part of references of one level without keeping anything of it. */
    static void skipContent(BytesIn in) throws CorruptBackupException {
        for (int left = in.count("number of references", 1, Node.MAX_REFS); left > 0; left--) {
            in.varint("length of the shared prefix");
            in.skip(in.varint("length of the rest of a key"), "key");
            in.skip(Digest.BYTES, "digest");
            in.varint("number of entries");
            in.varint("number of bytes");
        }
    }

    static List<Content> readContent(BytesIn in, int level, int atMost) throws CorruptBackupException {
        int count = in.count("number of references", level == MIXED ? 0 : 1, Math.min(atMost, in.left()));
        List<Content> contents = new ArrayList<>(Math.min(count, in.left() / Digest.BYTES));
        byte[] former = null;
        for (int i = 0; i < count; i++) {
            int of = level == MIXED ? in.int8("level") : level;
            byte[] key = readKey(in, former);
            Digest digest = Digest.of(in.array(), in.skip(Digest.BYTES, "digest"));
            long entries = in.varint("number of entries");
            long bytes = in.varint("number of bytes");
            if (of > Ref.MAX_LEVEL || entries < 1 || bytes / Chunk.LEAST_ENTRY_BYTES < entries) {
                throw in.damaged("level " + of + " with " + entries + " entries in " + bytes + " bytes");
            }
            contents.add(new Content(of, key, digest, entries, bytes));
            former = key;
        }
        return contents;
    }

    private static byte[] readKey(BytesIn in, byte @Nullable [] former) throws CorruptBackupException {
        int shared = in.count("length of the shared prefix", 0, former == null ? 0 : former.length);
        int rest = in.count("length of the rest of a key", 0, in.left());
        int from = in.skip(rest, "key");
        if (former == null) {
            return Arrays.copyOfRange(in.array(), from, from + rest);
        }
        boolean ascends = rest > 0 && (shared == former.length || (in.array()[from] & 0xFF) > (former[shared] & 0xFF));
        if (!ascends) {
            throw in.damaged("keys do not ascend, or share more than is said");
        }
        byte[] key = Arrays.copyOf(former, Math.addExact(shared, rest));
        System.arraycopy(in.array(), from, key, shared, rest);
        return key;
    }

    /** @param home the node that is being read; null in a footer */
    static List<Ref> readLocations(BytesIn in, List<Content> contents, @Nullable Node home)
            throws CorruptBackupException {
        List<PackId> packs = readPacks(in, contents.size());
        List<Ref> refs = new ArrayList<>(contents.size());
        int seen = 0;
        Place former = null;
        for (Content content : contents) {
            int pack = in.count("number of a pack", former == null ? 1 : 0, Math.min(seen + 1L, packs.size()));
            Place place =
                    pack == 0 ? readNext(in, content, former) : readPlace(in, content, packs.get(pack - 1), former);
            seen = Math.max(seen, pack);
            refs.add(content.at(place, home));
            former = place;
        }
        if (seen != packs.size()) {
            throw in.damaged("a pack is listed in which nothing lies");
        }
        return refs;
    }

    private static List<PackId> readPacks(BytesIn in, int atMost) throws CorruptBackupException {
        int count = in.count("number of packs", atMost == 0 ? 0 : 1, Math.min(atMost, in.left() / PackId.BYTES));
        List<PackId> packs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            packs.add(PackId.read(in));
        }
        if (packs.stream().distinct().count() != count) {
            throw in.damaged("a pack is listed twice");
        }
        return packs;
    }

    private static Place readNext(BytesIn in, Content content, @Nullable Place former) throws CorruptBackupException {
        if (former == null) {
            throw in.damaged("the first reference follows none");
        }
        long offset = (long) former.offset() + former.length();
        return place(in, content, former.pack(), former.frameOffset(), former.frameLength(), offset);
    }

    private static Place readPlace(BytesIn in, Content content, PackId pack, @Nullable Place former)
            throws CorruptBackupException {
        long frameOffset = in.varint("offset of a frame");
        int frameLength = in.count("length of a frame", 1, Integer.MAX_VALUE);
        Place place = place(in, content, pack, frameOffset, frameLength, in.varint("offset in a frame"));
        if (former != null && place.follows(former)) {
            throw in.damaged("a place that follows the former one is spelt out");
        }
        return place;
    }

    private static Place place(BytesIn in, Content content, PackId pack, long frameOffset, int frameLength, long offset)
            throws CorruptBackupException {
        long length = content.level() == 0 ? content.bytes() : in.count("length of a node", 1, Integer.MAX_VALUE);
        if (offset + length > Integer.MAX_VALUE || frameOffset > Long.MAX_VALUE - frameLength) {
            throw in.damaged("frame at " + frameOffset + ", content at " + offset + " of " + length + " bytes");
        }
        return Place.of(pack, frameOffset, frameLength, (int) offset, (int) length);
    }
}
